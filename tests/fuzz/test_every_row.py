"""Every bad input of the specification's table has a test that shows what becomes of it.

A row is one kind of bad input with its variants; each names the tests that show it, by file and name, with the variant
in brackets where a test has many.
"""

from __future__ import annotations

import ast
from functools import cache
from itertools import takewhile
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
E2E, FUZZ, LOCAL, MANIFEST, STATE = (
    "e2e/test_",
    "fuzz/test_",
    "local/test_local_",
    "manifest/test_manifest_",
    "state/test_",
)
MANIFESTS = E2E + "bad_manifests.py::test_a_bad_manifest_is_refused_with_place_and_remedy"
LIFECYCLES = E2E + "bad_lifecycles.py::test_a_bad_lifecycle_is_refused_with_place_and_remedy"
FILES = E2E + "bad_files.py::test_"
ANSWERS = E2E + "bad_answers.py::test_"
STATES = E2E + "bad_states.py::test_"
GATES = E2E + "gates_and_limits.py::test_"
AROUND = E2E + "surroundings.py::test_"
RUNS = E2E + "interruptions.py::test_"
ODD = FUZZ + "rows_of_surroundings.py::test_"
FOREIGN = FUZZ + "rows_of_answers.py::test_"
WATCH = "watch/test_"
PLANS = "cli/test_plan_files.py::test_"
FOLDERS = FUZZ + "rows_of_files.py::test_"

SHOWN: dict[str, tuple[str, ...]] = {
    "1 missing, a directory, a pipe": (E2E + "bad_manifests.py::test_a_manifest_that_is_no_file_is_refused",),
    "1 unreadable": (MANIFEST + "files.py::test_a_file_that_may_not_be_read_is_told",),
    "1 empty": (MANIFESTS + "[empty]",),
    "1 byte order mark": (E2E + "bad_manifests.py::test_a_byte_order_mark_is_no_obstacle",),
    "1 UTF-16, not UTF-8": (
        MANIFESTS + "[UTF-16]",
        MANIFESTS + "[Latin-1]",
        MANIFEST + "files.py::test_utf_16_is_told",
    ),
    "1 more than 1 MiB": (MANIFESTS + "[more than 1 MiB]",),
    "1, 8 for commands that check nothing": (ODD + "commands_that_tell_from_the_state_need_no_good_manifest",),
    "2 syntax, a key twice": (MANIFESTS + "[a table that is not closed]", MANIFESTS + "[a key twice]"),
    "3 an unknown key": (MANIFESTS + "[an unknown key]",),
    "4 privacy": (MANIFESTS + "[privacy private]", MANIFESTS + "[privacy 1]"),
    "4 privacy missing": (MANIFEST + "values.py::test_what_is_not_given_has_the_defaults_of_the_values",),
    "5 two albums with one id": (LIFECYCLES + "[one id for two]",),
    "5 two roots overlap": (MANIFESTS + "[nested folders]", MANIFESTS + "[one folder for two]"),
    "6 folders elsewhere": (
        MANIFESTS + "[a folder above]",
        MANIFESTS + "[an absolute folder]",
        MANIFESTS + "[a folder of home]",
        MANIFESTS + "[a folder of Windows]",
        MANIFESTS + "[a folder with NUL]",
        MANIFESTS + "[a folder with a variable]",
        MANIFEST + "folders.py::test_the_command_line_can_allow_a_folder_elsewhere",
    ),
    "8 too deep": (MANIFESTS + "[a key of 50,000 parts]", MANIFESTS + "[100,000 lists]"),
    "9 credits out of range": (
        MANIFESTS + "[no credits]",
        MANIFESTS + "[negative credits]",
        MANIFESTS + "[10^20 credits]",
        MANIFESTS + "[many credits]",
        MANIFESTS + "[half credits]",
        MANIFESTS + "[credits that are no number]",
    ),
    "10 keys": (
        MANIFESTS + "[a key with a blank]",
        MANIFESTS + "[a key of dots]",
        MANIFESTS + "[a key of 300]",
        MANIFESTS + "[a key with an escape]",
        ODD + "a_key_of_other_letters_is_refused_with_one_to_write",
        ODD + "completion_offers_no_key_that_moves_a_cursor",
    ),
    "11 a newer version": (MANIFESTS + "[a newer version]",),
    "13 an id": (
        "executor/test_adopting_by_id.py::test_an_id_with_a_slip_is_told_and_nothing_is_made",
        "executor/test_adopting_by_id.py::test_an_album_of_somebody_else_is_refused",
        LIFECYCLES + "[no id]",
        LIFECYCLES + "[an id with a path]",
    ),
    "14 a public album": (GATES + "a_public_album_is_asked_about",),
    "16 5,000 albums": (
        E2E + "bad_manifests.py::test_five_thousand_albums_are_planned",
        MANIFEST + "problems.py::test_five_thousand_albums_work_and_one_more_is_told",
    ),
    "17 no byte, one byte, only a header": (FILES + "a_bad_picture_is_named_with_its_reason[only a header.png]",),
    "18 of another type than named": (
        FILES + "a_bad_picture_is_named_with_its_reason[page.jpg]",
        FILES + "only_pictures_are_planned[really a png.jpg]",
    ),
    "19 pointers": (
        FILES + "only_pictures_are_planned[lfs.png]",
        FILES + "a_bad_picture_is_named_with_its_reason[git-crypt.png]",
        LOCAL + "scan.py::test_a_cloud_drives_stub_stands_for_its_file",
        LOCAL + "scan.py::test_git_annex_keys_made_of_a_sha256_are_pointers",
    ),
    "20 size limits": (
        FILES + "a_bad_picture_is_named_with_its_reason[21 MB.png]",
        FILES + "only_pictures_are_planned[11 MB.png]",
        LOCAL + "scan.py::test_imgurs_size_limits",
    ),
    "21 too many pixels": (FILES + "a_bad_picture_is_named_with_its_reason[many pixels.png]",),
    "22 truncated, a wrong checksum": (
        FILES + "a_bad_picture_is_named_with_its_reason[cut.jpg]",
        FILES + "a_bad_picture_is_named_with_its_reason[bad checksum.png]",
        LOCAL + "media.py::test_a_file_cut_off_anywhere_is_never_a_picture",
        LOCAL + "boundaries.py::test_a_jpeg_whose_segment_lies_across_the_boundary",
    ),
    "24 a position": (FILES + "pictures_with_a_place_are_counted_before_an_album_becomes_public",),
    "25 other formats": (FILES + "only_pictures_are_planned[a.heic]",),
    "26 no regular file": (
        LOCAL + "confinement.py::test_what_is_no_regular_file_is_skipped_without_being_opened",
        FILES + "only_pictures_are_planned[pipe.png]",
        FOLDERS + "devices_are_not_opened",
    ),
    "27 links": (
        LOCAL + "confinement.py::test_links_are_not_followed_and_named_when_they_look_like_pictures",
        LOCAL + "confinement.py::test_hard_links_are_files_of_their_own",
        LOCAL + "links.py::test_a_link_that_leads_out_is_named",
        FILES + "only_pictures_are_planned[dangling.png]",
    ),
    "28 hostile names": (
        FILES + "hostile_names_are_harmless_in_every_text",
        FILES + "hostile_names_are_exact_in_json",
        FILES + "hostile_names_reach_imgur_as_plain_markers_only",
        E2E + "hostile_words.py::test_names_of_files",
        FUZZ + "fuzz_words.py::test_any_names_in_a_folder_are_scanned",
    ),
    "30 odd times": (
        FOLDERS + "files_of_any_time_are_synced_in_the_order_of_their_times",
        LOCAL + "changes.py::test_an_absurd_time_costs_nothing_but_hashing",
    ),
    "31 no permission": (FILES + "what_cannot_be_read_removes_nothing",),
    "32 changing files": (E2E + "changing_files.py::test_a_file_that_changes_under_way_is_planned_again",),
    "34 very many files": (FOLDERS + "very_many_files_in_one_folder_take_little_memory",),
    "36 secrets": (
        FILES + "only_pictures_are_planned[passwords.kdbx]",
        FILES + "a_bad_picture_is_named_with_its_reason[id_rsa.png]",
    ),
    "37 over capacity": (
        ANSWERS + "a_refused_upload_is_not_repeated[over capacity]",
        ANSWERS + "an_imgur_over_capacity_is_left_alone_soon",
    ),
    "38, 39 429": (
        ANSWERS + "a_refused_upload_is_not_repeated[429 without a time]",
        ANSWERS + "a_refused_upload_is_not_repeated[429 with a time]",
    ),
    "40 uploading too fast": (ANSWERS + "a_refused_upload_is_not_repeated[too fast, with an absurd time]",),
    "41 a country": (ANSWERS + "a_refused_upload_is_not_repeated[a forbidden country]",),
    "42 answers of another kind": (
        FOREIGN + "readings_of_another_kind_change_nothing[JSONP]",
        FOREIGN + "an_upload_that_is_answered_so_is_in_doubt_and_found[XML]",
        ANSWERS + "a_senseless_answer_to_an_upload_that_happened_makes_no_twin[a page]",
        ANSWERS + "reading_nonsense_changes_nothing",
    ),
    "43 answers without an end": (
        FOREIGN + "an_answer_without_an_end_is_cut[100 MB of JSON]",
        FOREIGN + "an_answer_without_an_end_is_cut[a gzip bomb]",
        FOREIGN + "readings_of_another_kind_change_nothing[200,000 brackets]",
    ),
    "45 inconsistent lists": (
        ANSWERS + "an_inconsistent_listing_changes_nothing",
        ANSWERS + "lists_that_lag_and_pages_that_are_short_make_no_twin",
    ),
    "46 the album is gone": (GATES + "an_album_deleted_on_the_web_site_is_asked_about",),
    "47 in the gallery": (E2E + "gallery.py::test_a_hidden_album_in_the_gallery_is_told_as_visible",),
    "49 tokens refused, error 1024": (
        E2E + "bad_connections.py::test_a_refused_refresh_is_told_and_keeps_the_tokens",
        "cli/test_login.py::test_error_1024_and_closed_pages_are_recognised",
    ),
    "50 redirects": (
        E2E + "bad_connections.py::test_a_redirect_is_never_followed",
        "imgur/test_imgur_transport.py::test_a_redirect_is_never_followed",
    ),
    "51 certificates": (
        E2E + "untrusted_connections.py::test_a_certificate_that_is_not_to_be_trusted_stops_everything",
        E2E + "untrusted_connections.py::test_no_option_switches_the_check_off",
    ),
    "53 titles from the web site": (
        FILES + "a_title_from_the_web_site_is_harmless_too",
        E2E + "hostile_words.py::test_texts_on_imgur",
        FOREIGN + "readings_of_another_kind_change_nothing[a title of 10 MB]",
    ),
    "54 a damaged state": (
        STATES + "a_damaged_state_stops_everything[truncated]",
        STATES + "a_damaged_state_stops_everything[empty]",
        STATES + "a_damaged_state_stops_everything[newer]",
        STATES + "a_damaged_state_stops_everything[a directory]",
        STATES + "a_state_of_another_lineage_is_not_used",
        STATES + "the_remedy_for_a_damaged_state_needs_no_upload",
        STATE + "state_files.py::test_a_flipped_bit_is_refused_or_does_no_harm",
        FUZZ + "fuzz_databases.py::test_any_state_is_itself_or_refused_untouched",
        FUZZ + "fuzz_databases.py::test_any_log_beside_the_state_does_no_harm",
        FUZZ + "fuzz_databases.py::test_any_copy_is_recovered_or_refused_and_the_state_before_is_kept",
    ),
    "55 the state is lost": (E2E + "installed_command.py::test_a_lost_state_is_rebuilt_without_an_upload",),
    "58 a full disk": (
        ODD + "a_disk_that_is_full_stops_before_the_next_upload",
        AROUND + "a_full_disk_stops_a_run_and_costs_nothing",
    ),
    "58 a read-only disk": (
        ODD + "a_state_on_a_read_only_disk_sends_nothing",
        E2E + "bad_commands.py::test_a_state_folder_that_cannot_be_written_is_told",
    ),
    "59 the lock": (
        RUNS + "of_two_applies_at_once_one_is_told_who_is_at_it",
        ODD + "a_killed_holder_is_taken_over",
        ODD + "a_lock_that_is_taken_away_in_the_middle_is_noticed",
        STATE + "lock_processes.py::test_a_lock_on_a_network_file_system_is_refused",
        FUZZ + "fuzz_databases.py::test_any_holder_of_a_lock_can_be_named",
    ),
    "60 bare surroundings": (
        AROUND + "without_home_locale_terminal_and_umask",
        AROUND + "without_home_and_state_folder_the_platform_is_asked",
    ),
    "62 clocks": (
        ODD + "a_clock_that_is_wrong_or_set_costs_nothing[1970]",
        ODD + "a_clock_that_is_wrong_or_set_costs_nothing[in ten years]",
        ODD + "a_clock_that_is_wrong_or_set_costs_nothing[a day back]",
        "cli/test_wrong_clocks.py::test_plan_and_apply_tell_it_once_and_go_on",
    ),
    "64 signals": (
        RUNS + "a_signal_ends_a_run_that_waits_for_an_answer",
        RUNS + "a_second_signal_ends_a_run_at_once",
        E2E + "stopped_runs.py::test_a_terminal_that_goes_away_costs_nothing",
    ),
    "64 closed outputs": (
        AROUND + "an_output_that_is_closed_stops_no_apply",
        AROUND + "closed_outputs_of_commands_that_only_tell",
    ),
    "63 a limit of inotify": (
        "local/test_watch_limits.py::test_a_watch_refused_for_a_sub_folder_has_the_whole_root_polled",
        "local/test_watch_limits.py::test_no_instance_has_everything_polled",
    ),
    "63 an overflow": (
        "local/test_watch_changes.py::test_fifty_thousand_files_at_once_end_in_a_look_at_everything",
        WATCH + "lost_roots.py::test_an_overflow_has_everything_looked_at_at_once",
    ),
    "63 a root that is replaced, a mount that is lost": (
        "local/test_watch_roots.py::test_another_folder_in_the_place_of_the_root_is_noticed",
        "local/test_watch_roots.py::test_disks_that_are_really_mounted_and_unmounted_are_noticed",
        WATCH + "lost_roots.py::test_what_takes_the_place_of_a_folder_removes_nothing",
    ),
    "67 two daemons and an apply": (E2E + "company_of_a_watch.py::test_two_daemons_and_an_apply",),
    "67 eight hours of sleep": (
        WATCH + "suspended.py::test_a_night_in_the_middle_of_an_upload_ends_in_order",
        WATCH + "suspended.py::test_what_happened_while_the_machine_slept_is_found",
    ),
    "56 plan files": (
        PLANS + "what_is_no_plan_file_is_told_so",
        PLANS + "an_edited_file_is_refused",
        PLANS + "another_manifest_is_another_plan",
        PLANS + "a_plan_file_is_applied_once_and_to_the_letter",
        PLANS + "an_old_and_a_foreign_file_are_refused",
    ),
    "68 an upgrade and a downgrade": (
        E2E + "company_of_a_watch.py::test_a_newer_version_at_the_state_ends_the_daemon_with_75",
        WATCH + "upgrades.py::test_another_version_that_was_installed_ends_the_daemon_after_its_pass",
        WATCH + "upgrades.py::test_a_state_of_a_newer_program_is_refused_at_the_start",
    ),
}
"""What shows each row, by its number and variant."""

NUMBERS = frozenset(range(1, 69)) - {7, 12, 15, 23, 29, 33, 35, 44, 48, 52, 57, 61, 65, 66}
"""The numbers of the table; some were given up."""


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests of a file."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", SHOWN)
def test_a_row_is_shown_by_tests_that_exist(row: str) -> None:
    """By their names, and by the variant that is named."""
    for shown in SHOWN[row]:
        file, _, rest = shown.partition("::")
        name, _, variant = rest.partition("[")
        assert name in names_in(file), shown
        text = (TESTS / file).read_text(encoding="utf-8")
        assert not variant or f'"{variant.removesuffix("]")}"' in text, shown


def test_every_row_is_there() -> None:
    """The rows between 37 and 41 are those of the faults F9 to F12 and F33."""
    shown: set[int] = set()
    for row in SHOWN:
        numbers = (word.rstrip(",") for word in row.split())
        shown.update(int(number) for number in takewhile(lambda text: text.isdigit() and int(text) <= 68, numbers))
    assert shown == NUMBERS, sorted(NUMBERS.symmetric_difference(shown))
