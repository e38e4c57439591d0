"""The text of the one comment about a plan, from push to push and after the merge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from tests.support.comments import live_parts
from tests.support.inside import Inside
from tests.support.mirror import Mirror


def plan_text(number: int, words: str = "### imgur-sync plan: 1 album") -> str:
    """What a plan prints, in short."""
    return f"<!-- imgur-sync plan sha256:{number:064x} -->\n{words}\n\nDigest: `sha256:{number:064x}`\n"


def digest(number: int) -> str:
    """Its digest."""
    return f"sha256:{number:064x}"


@pytest.fixture
def place(here: Inside) -> Inside:
    """A folder with two plans."""
    for number in range(30):
        (here.folder / f"{number}.md").write_text(plan_text(number), encoding="utf-8")
    (here.folder / "none.md").write_text("")
    return here


def body(place: Inside, *arguments: str, stdin: str | None = None) -> str:
    """What `comment` prints."""
    done = place.run("comment", *arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_first_comment_is_the_plan_itself(place: Inside) -> None:
    """From a file or from stdin, with an empty earlier comment or without one."""
    assert body(place, "1.md") == plan_text(1)
    assert body(place, "-", stdin=plan_text(1)) == plan_text(1)
    assert body(place, "1.md", "--earlier", "none.md") == plan_text(1)


def test_the_plans_before_are_named_as_outdated(place: Inside) -> None:
    """Newest first, each once, the present one never; the same plan again changes nothing."""
    text = plan_text(0)
    for number in (1, 2, 1, 3):
        (place.folder / "old.md").write_text(text.replace("\n", "\r\n"), encoding="utf-8")
        text = body(place, f"{number}.md", "--earlier", "old.md")
    assert text.startswith(plan_text(3).rstrip("\n"))
    assert f"<!-- earlier: {digest(1)} {digest(2)} {digest(0)} -->" in text
    assert "<details><summary>3 earlier plans, outdated</summary>" in text
    assert live_parts(text.replace("<!-- earlier", "").replace(" -->\n- ", "\n- ")) == []
    (place.folder / "old.md").write_text(text, encoding="utf-8")
    assert body(place, "3.md", "--earlier", "old.md") == text


def test_the_list_of_plans_does_not_grow_for_ever(place: Inside) -> None:
    """Twenty are named."""
    text = ""
    for number in range(30):
        (place.folder / "old.md").write_text(text, encoding="utf-8")
        text = body(place, f"{number}.md", "--earlier", "old.md")
    assert "20 earlier plans" in text
    assert text.count("- `sha256:") == 20


def test_nothing_but_digests_is_taken_from_an_edited_comment(place: Inside) -> None:
    """Whoever edits the comment cannot put words into the next one."""
    evil = (
        plan_text(1, "@team <script>x</script>") + f"<!-- earlier: {digest(7)} @evil -->\n<!-- earlier: {digest(8)} -->"
    )
    (place.folder / "old.md").write_text(evil, encoding="utf-8")
    text = body(place, "2.md", "--earlier", "old.md")
    assert "evil" not in text
    assert "script" not in text
    assert text.count("- `sha256:") == 2


def test_what_applying_did_stands_on_top(synced: Mirror) -> None:
    """A real plan, a real run: counts, exit code and credits; a second try takes the place of the first."""
    synced.put("cats/new.png", 77)
    plan = synced.run("plan", "--format", "markdown").stdout
    (synced.folder / "old.md").write_text(plan, encoding="utf-8")
    first = synced.run("apply", "-y", "--json", "--max-credits", "9", code=ExitCode.BUDGET).stdout
    (synced.folder / "run.json").write_text(first, encoding="utf-8")
    text = synced.run("comment", "--earlier", "old.md", "--outcome", "run.json").stdout
    assert text.splitlines()[0] == plan.splitlines()[0]
    assert "### imgur-sync: not applied in full (exit 6: stopped at the budget" in text
    assert "Left over: " in text
    (synced.folder / "old.md").write_text(text, encoding="utf-8")
    second = synced.run("apply", "-y", "--json").stdout
    text = synced.run("comment", "--earlier", "old.md", "--outcome", "-", stdin=second).stdout
    assert live_parts(text.replace("<!-- outcome -->", "")) == []
    assert "### imgur-sync: applied (exit 0: done, or nothing to do)\n\n1 uploaded; " in text
    assert "exit 6" not in text
    assert text.count("### imgur-sync plan: ") == 1
    assert text.rstrip().endswith(plan.rstrip().splitlines()[-1])


def test_the_error_that_ended_a_run_is_told_inertly(place: Inside) -> None:
    """Whatever its message quotes."""
    error = {"format_version": 1, "kind": "error", "exit_code": 64, "message": 'no album "@team #1"', "hint": "<b>"}
    (place.folder / "run.json").write_text(json.dumps(error), encoding="utf-8")
    text = body(place, "1.md", "--outcome", "run.json")
    assert "(exit 64: wrong usage)" in text
    assert '`no album "@team #1"`' in text
    assert live_parts(text.replace("<!-- outcome -->", "")) == []


@pytest.mark.parametrize(
    ("arguments", "content", "said"),
    [
        (["x.md"], b"hello", "x.md is no comment of imgur-sync"),
        (["x.md"], b"", "x.md is empty"),
        (["x.md"], b"\xff", "x.md is not UTF-8"),
        (["gone.md"], b"", "gone.md cannot be read"),
        (["."], b"", ". cannot be read"),
        (["1.md", "--earlier", "x.md"], b"LGTM", "x.md is no comment of imgur-sync"),
        (["1.md", "--outcome", "x.md"], b"{", "x.md is not the JSON of a run"),
        (["1.md", "--outcome", "x.md"], b"[" * 100_000, "x.md is not the JSON of a run"),
        (["1.md", "--outcome", "x.md"], b'{"kind": "plan", "format_version": 1}', "x.md is not the JSON of a run"),
        (["x.md"], plan_text(1, "x" * 70_000).encode(), "longer than any can be"),
    ],
)
def test_files_that_are_something_else_are_refused(
    arguments: list[str], content: bytes, said: str, place: Inside
) -> None:
    """Exit 65, and nothing on stdout."""
    Path(place.folder / "x.md").write_bytes(content)
    done = place.run("comment", *arguments)
    assert (done.returncode, done.stdout) == (ExitCode.UNREADABLE, "")
    assert said in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--earlier", "1.md"], ["-", "--earlier", "-"], ["--outcome", "1.md"]])
def test_a_comment_needs_a_plan(arguments: list[str], place: Inside) -> None:
    """Exit 64."""
    assert place.run("comment", *arguments).returncode == ExitCode.USAGE


def test_comments_of_two_manifests_stand_beside_one_another(place: Inside) -> None:
    """Each begins with its name, keeps its own earlier plans, and is not mistaken for the other."""
    text = body(place, "1.md", "--name", "web-2026")
    assert text == plan_text(1).replace("plan sha256:", "plan web-2026 sha256:", 1)
    (place.folder / "web.md").write_text(text, encoding="utf-8")
    again = body(place, "2.md", "--name", "web-2026", "--earlier", "web.md")
    assert again.startswith(f"<!-- imgur-sync plan web-2026 {digest(2)} -->\n")
    assert f"<!-- earlier: {digest(1)} -->" in again
    assert body(place, "web.md") == plan_text(1)
    (place.folder / "run.json").write_text(json.dumps({"format_version": 1, "kind": "run", "exit_code": 0}))
    done = body(place, "--name", "web-2026", "--earlier", "web.md", "--outcome", "run.json")
    assert done.startswith(f"<!-- imgur-sync plan web-2026 {digest(1)} -->\n<!-- outcome -->")
    for arguments in (["2.md", "--earlier", "web.md"], ["2.md", "--name", "other", "--earlier", "web.md"]):
        refused = place.run("comment", *arguments)
        assert (refused.returncode, refused.stdout) == (ExitCode.UNREADABLE, "")
        assert "web.md is another comment" in refused.stderr
    refused = place.run("comment", "2.md", "--name", "web-2026", "--earlier", "1.md")
    assert refused.returncode == ExitCode.UNREADABLE


@pytest.mark.parametrize("name", ["", "A", "a b", "a--b", "-a", "a-", "a-->", "<!--", "@team", "ä", "a\n", "x" * 65])
def test_a_name_that_could_be_more_than_a_name_is_refused(name: str, place: Inside) -> None:
    """Exit 64."""
    assert place.run("comment", "1.md", "--name", name).returncode == ExitCode.USAGE
