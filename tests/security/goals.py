"""The security goals that hold by now, and where each is shown; those of parts that are not built yet are named apart.

python -m tests.security.goals        the table
"""

from __future__ import annotations

GOALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "S1": (
        "secrets come from the environment, the keyring, 0600 files and stdin only, and are told nowhere",
        (
            "e2e/test_secrets.py::test_no_file_holds_a_secret_but_those_made_for_it",
            "e2e/test_secrets.py::test_secrets_come_from_files_too",
            "e2e/test_secrets_of_every_command.py::test_no_command_shows_a_secret",
            "manifest/test_manifest_secrets.py",
            "security/test_processes.py::test_no_secret_stands_in_the_list_of_processes",
            "cli/test_login.py",
        ),
    ),
    "S2": (
        "redaction of logs, exceptions, warnings and tracebacks",
        (
            "cli/test_redaction.py",
            "security/test_redactor_fuzz.py",
            "security/test_loose_ends.py::test_nothing_passes_by",
            "security/test_broken_inside.py::test_no_error_tells_a_secret",
            "e2e/test_secrets_of_every_command.py::test_no_command_repeats_a_secret_that_imgur_echoes",
        ),
    ),
    "S3": (
        "httpx's, httpcore's and pydantic's own words",
        (
            "cli/test_redaction.py::test_libraries_that_log_addresses_are_heard_with_debug_only",
            "security/test_broken_inside.py::test_no_error_tells_a_secret",
            "test_settings.py",
        ),
    ),
    "S4": (
        "the page that a log-in leads back to",
        ("imgur/test_imgur_loopback.py", "cli/test_login.py", "cli/test_login_terminal.py"),
    ),
    "S5": (
        "token files",
        ("state/test_token_files.py", "state/test_safe.py", "security/test_token_file_traps.py"),
    ),
    "S6": (
        "credentials go to one https origin, and TLS is verified",
        (
            "imgur/test_imgur_origin.py",
            "e2e/test_untrusted_connections.py",
            "security/test_redirects.py::test_no_redirect_is_followed",
            "security/test_redirects.py::test_netrc_and_cookies_are_never_sent",
            "security/test_redirects.py::test_no_key_log_is_written",
        ),
    ),
    "S7": (
        "only regular files inside the folders are read",
        ("local/test_local_confinement.py", "security/test_racing_links.py::test_no_byte_from_outside_is_sent"),
    ),
    "S8": (
        "a manifest of somebody else's names nothing outside and runs nothing; plan --offline needs no secret",
        (
            "security/test_hostile_manifests.py::test_no_folder_outside_is_read",
            "security/test_hostile_manifests.py::test_no_key_runs_anything",
            "manifest/test_manifest_folders.py",
            "cli/test_offline_commands.py",
        ),
    ),
    "S9": (
        "names and titles are inert in every format",
        (
            "security/test_corpus_in_commands.py",
            "security/test_corpus_in_shells.py",
            "report/test_escape.py",
            "e2e/test_hostile_words.py",
        ),
    ),
    "S10": (
        "ids of hidden albums and pictures stay out of what may be shared",
        ("e2e/test_secrets.py::test_plans_name_no_ids",),
    ),
    "S12": ("headers of pictures are parsed within bounds", ("local/test_local_media.py",)),
    "S13": (
        "hidden by default; widening and GPS are told",
        ("e2e/test_both_modes_gates.py", "local/test_local_media.py"),
    ),
    "S14": (
        "answers, manifests and state have limits",
        (
            "security/test_reply_bombs.py::test_a_bomb_is_an_unexpected_answer",
            "security/test_reply_bombs.py::test_an_answer_has_an_end",
            "security/test_reply_bombs.py::test_a_bomb_does_not_fill_the_memory",
            "e2e/test_bad_answers.py",
            "e2e/test_bad_manifests.py",
        ),
    ),
    "S16": (
        "nobody but the API is talked to",
        ("security/test_contacts.py::test_only_the_api_is_talked_to_and_nothing_is_started",),
    ),
    "S19": (
        "the state's copies are private, and made before a migration",
        ("state/test_state_copies.py", "state/test_state_migration.py"),
    ),
    "S20": (
        "a hostile folder cannot burn credits",
        (
            "security/test_hostile_manifests.py::test_no_more_is_spent_than_the_command_line_grants",
            "executor/test_budget.py",
        ),
    ),
    "S21": ("no shell, no eval, no pickle, no YAML", ("security/test_source_rules.py", "test_walls.py")),
}

NOT_YET = {
    "S8": "templates for pull requests of forks: issue 6 and later, with `ci` and `comment`",
    "S10": "`::add-mask::` in Actions: with `ci`",
    "S11": "names of downloaded files: with `pull`",
    "S15": "`watch --listen` and the systemd unit: with `watch`",
    "S17": "zizmor and pinned actions: with the workflow files; constraints with hashes are used by .ci/run already",
    "S18": "a promise to people: SECURITY.md",
}

if __name__ == "__main__":
    for goal, (words, places) in GOALS.items():
        print(f"{goal:4} {words}")
        for place in places:
            print(f"       tests/{place}")
    for goal, words in NOT_YET.items():
        print(f"{goal:4} not yet: {words}")
