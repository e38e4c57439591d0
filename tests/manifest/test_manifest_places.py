"""Lines and columns are right however the TOML is written."""

from __future__ import annotations

import pytest

PLACES = [
    ("dotted key", 'version = 1\nalbums.cats.folder = "c"\nalbums.cats.privacy = 1\n', 3, 23),
    ("dotted key, unknown", 'version = 1\nalbums.cats.folder = "c"\nalbums.cats.privcy = 1\n', 3, 13),
    ("blanks around dots", 'version = 1\nalbums . cats . folder = "c"\n  albums . cats . privcy   =   1\n', 3, 19),
    ("inline table", 'version = 1\nalbums = { cats = { folder = "c", privacy = 1 } }\n', 2, 45),
    ("inline table, unknown", 'version = 1\nalbums = { cats = { folder = "c", privcy = 1 } }\n', 2, 35),
    ("inline table, dotted", 'version = 1\nalbums = { cats.folder = "c", cats.privcy = 1 }\n', 2, 36),
    ("missing in an inline table", "version = 1\nalbums = { cats = { title = 'x' } }\n", 2, 12),
    (
        "array over lines",
        'version = 1\n[albums.cats]\nfolder = "c"\ninclude = [ # why\n  "a",\n\n  # no\n  5,\n]\n',
        8,
        3,
    ),
    (
        "array of strings with brackets",
        'version = 1\n[albums.cats]\nfolder="c"\ninclude=["]", \'[\\]\', "\\"]", 5]\n',
        4,
        29,
    ),
    ("quoted key", 'version = 1\n["albums".\'cats\']\nfolder = "c"\n"privcy" = 1\n', 4, 1),
    ("quoted key with an escape", 'version = 1\n["albu\\u006ds"."cats"]\nfolder = "c"\npriority = "x"\n', 4, 12),
    ("quoted key with dots and brackets", 'version = 1\n[albums."a.b]#"]\nfolder = "c"\n', 2, 9),
    (
        "behind a text of many lines",
        'version = 1\n[albums.cats]\nfolder = "c"\ndescription = """\n[a]\nb = "\n""""\nx = 1\n',
        8,
        1,
    ),
    (
        "behind a literal of many lines",
        "version = 1\n[albums.cats]\nfolder = 'c'\ndescription = '''\n[a]\nb = \"'\n'''\nx = 1\n",
        8,
        1,
    ),
    ("behind an escaped quote", 'version = 1\n[albums.cats]\nfolder = "c"\ntitle = "a\\"b # no" # yes\nx = 1\n', 5, 1),
    ("behind a date with a blank", "version = 1\n[account]\nprofile = 1979-05-27 07:32:00 # x\n", 3, 11),
    ("behind wide characters", 'version = 1\nalbums = { cats = { folder = "ü日本🐱", privacy = 1 } }\n', 2, 48),
    ("CRLF", 'version = 1\r\n[albums.cats]\r\nfolder = "c"\r\nprivacy = 1\r\n', 4, 11),
    (
        "CRLF in a text",
        'version = 1\r\n[albums.cats]\r\nfolder = "c"\r\ndescription = """a\r\nb"""\r\nprivacy = 1\r\n',
        6,
        11,
    ),
    ("byte order mark", "\ufeffversion = 7\n", 1, 11),
    ("tab", "version = 1\n[budget]\n\tuploads_per_hour\t=\t-1\n", 3, 21),
    ("no final line feed", "version = 1\n[budget]\nuploads_per_hour = -1", 3, 20),
    ("table before its parent", "version = 1\n[albums.cats.sub]\nx = 1\n[albums.cats]\nfolder = 'c'\n", 2, 14),
]


@pytest.mark.parametrize(("text", "line", "column"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_a_problem_is_placed_at_its_own_key_or_value(problems, text, line, column) -> None:
    """An unknown key at its key, a bad value at its value, something missing at the key of its table."""
    (problem,) = problems(text)
    assert (problem.line, problem.column) == (line, column)


SYNTAX = [
    ("no value", "version = 1\nfoo =\n", 2, 6, "not a value"),
    ("no equals sign", "version = 1\nfoo\n", 2, 4, "no ="),
    ("bare text", "version = 1\nfoo = bar\n", 2, 7, "not a value"),
    ("open quote", 'version = 1\nfoo = "bar\n', 2, 11, "may not stand here"),
    ("open quotes", 'version = 1\nfoo = """bar\n', 2, 13, "ends too early"),
    ("two on a line", "version = 1 foo = 2\n", 1, 13, "behind the value"),
    ("open array", "version = 1\nfoo = [1, 2\n", 2, 12, "array is not closed"),
    ("windows path", 'version = 1\nfoo = "C:\\photos"\n', 2, 10, "backslash"),
    ("no such escape", 'version = 1\nfoo = "C:\\uphotos"\n', 2, 10, "escape"),
    ("no date", "version = 1\nfoo = 2020-13-40\n", 2, 11, "behind the value"),
    ("no such day", "version = 1\nfoo = 2020-02-31\n", 2, 7, "no such date"),
    ("control character", "version = 1\nfoo = 'a\x01b'\n", 2, 9, "may not stand here"),
    ("key twice", "version = 1\nlineage = 'k3v9x2mq'\nversion = 1\n", 3, 1, "version is given twice: first on line 1"),
    ("table twice", "version = 1\n[budget]\n[upload]\n[budget]\n", 4, 2, "budget is given twice: first on line 2"),
    ("album twice", 'version = 1\n[albums.a]\nfolder="x"\n[albums.a]\nfolder="y"\n', 4, 9, "albums.a is given twice"),
    ("key twice in a line", "version = 1\ngates = { prune = {}, prune = {} }\n", 2, 23, "gates.prune is given twice"),
    ("key, then table", "version = 1\nbudget = 1\n[budget]\n", 3, 2, "budget is given twice: first on line 2"),
    ("dotted, then table", "version = 1\nbudget.x = 1\n[budget]\n", 3, 2, "defined before"),
    ("quoted twice", 'version = 1\n"version" = 1\n', 2, 1, "version is given twice"),
]


@pytest.mark.parametrize(
    ("text", "line", "column", "what"), [row[1:] for row in SYNTAX], ids=[row[0] for row in SYNTAX]
)
def test_broken_toml_is_told_with_line_column_and_source(problems, text, line, column, what) -> None:
    """Row 2: the first error of syntax, in our words."""
    (problem,) = problems(text)
    assert (problem.line, problem.column) == (line, column)
    assert what in problem.what
    assert problem.remedy
    assert problem.source == text.split("\n")[line - 1].replace("\x01", "\\x01")


DEEP = [
    ("dotted key", ".".join("a" * 50_000) + " = 1\n"),
    ("quoted dotted key", ".".join(['"a"'] * 50_000) + " = 1\n"),
    ("table", "[" + ".".join("a" * 50_000) + "]\n"),
    ("dotted key in a table", "x = {" + ".".join("a" * 50_000) + " = 1}\n"),
    ("arrays", "a = " + "[" * 100_000 + "\n"),
    ("arrays that end", "a = " + "[" * 300 + "]" * 300 + "\n"),
    ("arrays over lines", "a = " + "[\n" * 100_000 + "\n"),
    ("tables", "a = " + "{a=" * 100_000 + "\n"),
]


@pytest.mark.parametrize("text", [row[1] for row in DEEP], ids=[row[0] for row in DEEP])
def test_what_is_too_deep_is_told_and_not_followed(problems, text) -> None:
    """Row 8: neither a recursion error nor minutes of parsing."""
    (problem,) = problems("version = 1\n" + text)
    assert problem.what == "this is too deeply nested"
    assert problem.line >= 2
    assert problem.column >= 1
    assert len(problem.source) < 200


def test_dots_in_texts_are_no_depth(load_text) -> None:
    """Only keys are counted."""
    text = 'version = 1\n[albums.cats]\nfolder = "c"\ndescription = """\n' + "a." * 200 + '\n"""\n'
    assert load_text(text).albums[0].description == "a." * 200 + "\n"


def test_a_number_of_many_digits_is_told(problems) -> None:
    """Python itself refuses to convert it."""
    (problem,) = problems("version = 1\nx = " + "1" * 5000 + "\n")
    assert (problem.line, problem.column) == (2, 5)
    assert "too many digits" in problem.what
