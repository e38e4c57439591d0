"""Every mistake in sync.toml is told with its line, its column, what it is and what to write instead."""

from __future__ import annotations

import pytest

CATS = '[albums.cats]\nfolder = "cats"\n'

TABLE = [
    # (what it is, text, line, column, words of the problem, words of the remedy)
    ("unknown key", f"version = 1\n{CATS}privcy = 'hidden'\n", 4, 1, "albums.cats.privcy", "did you mean privacy?"),
    ("unknown table", "version = 1\n[albumz.cats]\n", 2, 2, "albumz", "did you mean albums?"),
    ("unknown, like nothing", "version = 1\n[qqq]\n", 2, 2, "unknown key qqq", "[albums]"),
    ("hook", "version = 1\nhook = ['sh', '-c', 'x']\n", 2, 1, "unknown key hook", "IMGUR_SYNC_HOOK"),
    ("hook of an album", f"version = 1\n{CATS}hook = 'x'\n", 4, 1, "albums.cats.hook", "put it into config.toml"),
    ("key of another table", "version = 1\nin_flight = 2\n", 2, 1, "in_flight", "belongs in [upload]"),
    ("album key at the top", 'version = 1\nprivacy = "hidden"\n', 2, 1, "privacy", "belongs in [albums.NAME]"),
    ("title for all", 'version = 1\n[defaults]\ntitle = "x"\n', 3, 1, "defaults.title", "belongs in [albums.NAME]"),
    ("folder for all", 'version = 1\n[defaults]\nfolder = "x"\n', 3, 1, "defaults.folder", "[albums.NAME]"),
    ("version missing", CATS, 0, 0, "version is missing", "version = 1"),
    ("version newer", "version = 2\nfoo = 1\n", 1, 11, "version 2 is newer", "newer imgur-sync"),
    ("version zero", "version = 0\n", 1, 11, "version cannot be 0", "write 1"),
    ("version a text", 'version = "1"\n', 1, 11, 'version cannot be "1"', "write 1"),
    ("version true", "version = true\n", 1, 11, "version cannot be true", "write 1"),
    ("version 1.0", "version = 1.0\n", 1, 11, "version cannot be 1.0", "write 1"),
    ("lineage short", 'version = 1\nlineage = "abc"\n', 2, 11, 'lineage cannot be "abc"', "8 to 32 characters"),
    ("lineage capitals", 'version = 1\nlineage = "ABCDEFGH"\n', 2, 11, "lineage", "a to z and 0 to 9"),
    (
        "privacy of Imgur",
        f'version = 1\n{CATS}privacy = "private"\n',
        4,
        11,
        '"private"',
        '"public", "hidden" or "secret"',
    ),
    ("privacy a number", f"version = 1\n{CATS}privacy = 1\n", 4, 11, "privacy cannot be 1", '"hidden"'),
    ("no folder", 'version = 1\n[albums.cats]\ntitle = "x"\n', 2, 9, "albums.cats.folder is missing", "folder ="),
    ("folder empty", 'version = 1\n[albums.cats]\nfolder = ""\n', 3, 10, "folder cannot be", '"."'),
    ("folder a list", "version = 1\n[albums.cats]\nfolder = ['a']\n", 3, 10, "cannot be an array", "a folder"),
    ("album no table", "version = 1\n[albums]\ncats = 1\n", 3, 1, "albums.cats must be a table", "[albums.cats]"),
    ("albums no table", "version = 1\nalbums = 3\n", 2, 1, "albums must be a table", "[albums]"),
    ("album without a name", 'version = 1\n[albums]\nfolder = "x"\n', 3, 1, "outside an album", "[albums.NAME]"),
    ("budget a list of tables", "version = 1\n[[budget]]\n", 2, 3, "budget must be a table", "[budget]"),
    ("recursive a number", f"version = 1\n{CATS}recursive = 1\n", 4, 13, "recursive cannot be 1", "true or false"),
    ("protect a text", f"version = 1\n{CATS}protect = 'yes'\n", 4, 11, 'protect cannot be "yes"', "true or false"),
    ("priority too high", f"version = 1\n{CATS}priority = 1001\n", 4, 12, "priority", "from -1000 to 1000"),
    ("include a text", f"version = 1\n{CATS}include = '*'\n", 4, 11, "include", '["**/*"]'),
    ("include nothing", f"version = 1\n{CATS}include = []\n", 4, 11, "include cannot be an empty array", "1 to 1000"),
    ("pattern a number", f"version = 1\n{CATS}include = ['a', 5]\n", 4, 17, "include[1] cannot be 5", "patterns"),
    ("pattern empty", f"version = 1\n{CATS}exclude = ['a', '']\n", 4, 17, "exclude[1]", "leave the empty pattern out"),
    ("pattern a comment", f"version = 1\n{CATS}exclude = ['#a']\n", 4, 12, "exclude[0]", "is a comment"),
    ("pattern broken", f"version = 1\n{CATS}exclude = ['[z-a]']\n", 4, 12, "exclude[0]", "close the brackets"),
    ("pattern unclosed", f"version = 1\n{CATS}exclude = ['[a']\n", 4, 12, "exclude[0]", "close the brackets"),
    ("pattern with a backslash", f"version = 1\n{CATS}exclude = ['a\\']\n", 4, 12, "exclude[0]", "backslash"),
    ("cover outside", f"version = 1\n{CATS}cover = '../a.jpg'\n", 4, 9, "cover", '"first"'),
    ("cover absolute", f"version = 1\n{CATS}cover = '/a.jpg'\n", 4, 9, "cover", '"first"'),
    ("title of two lines", f'version = 1\n{CATS}title = "a\\nb"\n', 4, 9, 'title cannot be "a\\nb"', "one line"),
    ("title an escape", f'version = 1\n{CATS}title = "\\u001b[2J"\n', 4, 9, "\\x1b[2J", "control characters"),
    ("unhashable order", f"version = 1\n{CATS}prune = {{}}\n", 4, 9, "prune cannot be a table", '"detach"'),
    ("date", "version = 1\n[account]\nprofile = 2020-01-01\n", 3, 11, "the date or time 2020-01-01", "a name"),
    ("max_credits 0", "version = 1\n[budget]\nmax_credits_per_run = 0\n", 3, 23, "cannot be 0", "from 1 to 1000000"),
    ("max_credits -1", "version = 1\n[budget]\nmax_credits_per_run = -1\n", 3, 23, "cannot be -1", "from 1 to"),
    ("max_credits 10^20", f"version = 1\n[budget]\nmax_credits_per_run = {10**20}\n", 3, 23, str(10**20), "from 1 to"),
    (
        "max_credits 10^99",
        f"version = 1\n[budget]\nmax_credits_per_run = {10**99}\n",
        3,
        23,
        "very many digits",
        "from 1",
    ),
    ("max_credits many", "version = 1\n[budget]\nmax_credits_per_run = 'many'\n", 3, 23, '"many"', "from 1 to 1000000"),
    (
        "max_credits 12.5",
        "version = 1\n[budget]\nmax_credits_per_run = 12.5\n",
        3,
        23,
        "cannot be 12.5",
        "whole number",
    ),
    ("max_credits nan", "version = 1\n[budget]\nmax_credits_per_run = nan\n", 3, 23, "cannot be nan", "whole number"),
    (
        "max_credits true",
        "version = 1\n[budget]\nmax_credits_per_run = true\n",
        3,
        23,
        "cannot be true",
        "whole number",
    ),
    ("reserve 12.0", "version = 1\n[budget]\nreserve_credits = 12.0\n", 3, 19, "cannot be 12.0", "from 0 to 1000000"),
    ("uploads below", "version = 1\n[budget]\nuploads_per_hour = -1\n", 3, 20, "cannot be -1", "from 0 to 10000"),
    ("in_flight 0", "version = 1\n[upload]\nin_flight = 0\n", 3, 13, "cannot be 0", "from 1 to 16"),
    ("in_flight 17", "version = 1\n[upload]\nin_flight = 17\n", 3, 13, "cannot be 17", "from 1 to 16"),
    ("percent 101", "version = 1\n[gates]\nprune = { percent = 101 }\n", 3, 21, "gates.prune.percent", "from 0 to 100"),
    (
        "run of another gate",
        "version = 1\n[gates]\nreplace = { run = 1 }\n",
        3,
        13,
        "gates.replace.run",
        "min, percent",
    ),
    ("duration nan", "version = 1\n[upload]\nmax_wait = nan\n", 3, 12, "cannot be nan", 'from 0 to "7d"'),
    ("duration inf", "version = 1\n[upload]\nmax_wait = inf\n", 3, 12, "cannot be inf", '"7d"'),
    ("duration true", "version = 1\n[upload]\nmax_wait = true\n", 3, 12, "cannot be true", '"90s"'),
    ("duration a bare text", "version = 1\n[upload]\nmax_wait = '90'\n", 3, 12, 'cannot be "90"', '"90s"'),
    ("duration below", "version = 1\n[upload]\nmax_wait = -1\n", 3, 12, "cannot be -1", "from 0"),
    ("duration above", "version = 1\n[upload]\nmax_wait = '8d'\n", 3, 12, 'cannot be "8d"', '"7d"'),
    ("duration vast", f"version = 1\n[upload]\nmax_wait = {10**400}\n", 3, 12, "very many digits", '"7d"'),
    ("size small", "version = 1\n[upload]\nbytes_in_flight = 1\n", 3, 19, "cannot be 1", 'from "1MiB" to "1GiB"'),
    ("size misspelt", "version = 1\n[upload]\nbytes_in_flight = '64mib'\n", 3, 19, '"64mib"', '"64MiB"'),
    ("size a float", "version = 1\n[upload]\nbytes_in_flight = 2e6\n", 3, 19, "cannot be 2000000.0", '"64MiB"'),
    ("profile a path", "version = 1\n[account]\nprofile = '../x'\n", 3, 11, '"../x"', "1 to 64 letters"),
    ("state a folder", "version = 1\n[state]\npath = 'x/'\n", 3, 8, "is a folder", ".imgur-sync/state.db"),
    ("state the cache", "version = 1\n[state]\npath = 'x/cache.db'\n", 3, 8, "another file", ".imgur-sync/state.db"),
    ("state the manifest", "version = 1\n[state]\npath = 'sync.toml'\n", 3, 8, "another file", ".imgur-sync/state.db"),
    ("state outside", "version = 1\n[state]\npath = '/var/x/s.db'\n", 3, 8, "absolute", "--allow-root /var/x"),
    (
        "state in an album",
        f"version = 1\n{CATS}[state]\npath = 'cats/s.db'\n",
        5,
        8,
        "(line 3)",
        ".imgur-sync/state.db",
    ),
]


@pytest.mark.parametrize(
    ("text", "line", "column", "what", "remedy"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_each_mistake_is_told_alone_with_its_place_and_its_remedy(problems, text, line, column, what, remedy) -> None:
    """Reliability §6, rows 3, 4, 9 and 11, and every kind of value that a key can refuse."""
    (problem,) = problems(text)
    assert (problem.line, problem.column) == (line, column)
    assert what in problem.what
    assert remedy in problem.remedy
    assert problem.source[:60] == ("" if line == 0 else text.split("\n")[line - 1])[:60]
    assert len(problem.source) <= 161


def test_a_shared_state_needs_a_lineage(problems) -> None:
    """Nothing else tells the states of two mirrors of one repository apart."""
    (problem,) = problems("version = 1\n[state]\nbackend = 'git'\n")
    assert (problem.line, problem.column) == (3, 11)
    assert "lineage" in problem.what
    assert "lineage =" in problem.remedy


def test_all_problems_come_at_once_in_the_order_of_the_lines(problems) -> None:
    """One run shows every mistake: of types, of names, of folders, of keys."""
    text = (
        'lineage = "x"\nfoo = 1\n[upload]\nin_flight = 99\n[albums.a]\nfolder = "../a"\nprivacy = 1\n'
        '[albums."B b"]\nfolder = "b"\n[albums.c]\nfolder = "b/c"\n'
    )
    found = problems(text)
    assert [one.line for one in found] == [0, 1, 2, 4, 6, 7, 8, 11]
    assert all(one.what and one.remedy for one in found)


def test_the_words_are_never_those_of_pydantic(problems) -> None:
    """No type names, no "Input should be", no address of a documentation."""
    text = "version = '1'\nalbums = 5\nbudget = []\n[upload]\nin_flight = 'x'\nbytes_in_flight = 1.5\nmax_wait = []\n"
    for one in problems(text):
        assert not any(word in f"{one.what} {one.remedy}" for word in ("Input", "pydantic", "Error", "valid ", "_type"))


KEYS = ["My Cats", "..", "a..b", "Ä", "\\U0001F431", "\\u001b[31m", "a/b", "", ".a", "-a", "c" * 101]


@pytest.mark.parametrize("key", KEYS)
def test_album_keys_are_plain_words(problems, key) -> None:
    """Row 10: spaces, .., capitals, emoji, escapes and long keys are refused, and shown harmlessly."""
    (problem,) = problems(f'version = 1\n[albums."{key}"]\nfolder = "cats"\n')
    assert (problem.line, problem.column) == (2, 9)
    assert "cannot be the name of an album" in problem.what
    assert "[albums." in problem.remedy
    assert "\x1b" not in problem.what + problem.remedy + problem.source
    assert len(problem.what) < 120


def test_a_key_of_a_hundred_characters_is_good(load_text) -> None:
    """Row 10: the limit itself is allowed, and dots, hyphens and underscores are."""
    keys = ["c" * 100, "a.b-c_d", "0"]
    text = "version = 1\n" + "".join(f'[albums."{key}"]\nfolder = "f{i}"\n' for i, key in enumerate(keys))
    assert [one.key for one in load_text(text).albums] == keys


def test_five_thousand_albums_work_and_one_more_is_told(load_text, problems) -> None:
    """Row 16: a clear limit, at the first album beyond it."""
    head = 'version = 1\nlineage = "k3v9x2mq"\n'
    tables = [f'[albums.a{i}]\nfolder = "f{i}"\n' for i in range(5001)]
    assert len(load_text(head + "".join(tables[:5000])).albums) == 5000
    (problem,) = problems(head + "".join(tables))
    assert (problem.line, problem.column) == (2 + 2 * 5000 + 1, 9)
    assert "5001 albums; a manifest holds up to 5000" in problem.what


def test_thousands_of_problems_are_counted_beyond_the_first_thousand(problems) -> None:
    """A file that is no manifest at all does not fill the screen for ever."""
    found = problems("version = 1\n" + "".join(f"key{i} = 1\n" for i in range(3000)))
    assert len(found) == 1001
    assert found[-1].what == "and 2000 more problems"
