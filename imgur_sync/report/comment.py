"""The text of the one comment about a plan, made anew on each push and once more when the plan was applied.

Of the comment as it stands nothing is taken over but digests, and, where its plan was applied, its text: whoever may
edit it can make it say nothing that they could not say themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from imgur_sync.errors import ExitCode
from imgur_sync.report.commonmark import fold, length, prose
from imgur_sync.report.figures import number, plural
from imgur_sync.report.summary import MEANINGS

LONGEST = 65_000
"""Characters; GitHub takes 65,536."""
MOST_EARLIER = 20
"""So many earlier plans are named."""
NAME = re.compile(r"(?=.{1,64}$)[a-z0-9]+(?:[._-][a-z0-9]+)*")
"""What a comment can be called, so that several stand beside one another: those of a repository with more than one
manifest. Such a name never ends the marker, which is `<!-- imgur-sync plan NAME sha256:… -->` then."""
_MARKER = re.compile(r"<!-- imgur-sync (plan|drift) (?:([a-z0-9._-]{1,64}) )?(sha256:[0-9a-f]{64}|unknown) -->")
_EARLIER = re.compile(r"<!-- earlier:((?: sha256:[0-9a-f]{64})*) -->")
_OUTCOME = "<!-- outcome -->"
_APPLIED = "### imgur-sync: applied"


class Comment(NamedTuple):
    """A text that begins with our marker: of a "plan" or of "drift", its digest, and what follows. `name` is "" for the
    only one."""

    kind: str
    digest: str
    rest: str
    earlier: tuple[str, ...] = ()
    name: str = ""


def parsed(text: str) -> Comment | None:
    """What a comment is of; None where its first line is no marker of ours. Line ends may be those of a web form."""
    first, _, rest = text.replace("\r\n", "\n").lstrip("\ufeff").partition("\n")
    found = _MARKER.fullmatch(first.rstrip())
    if found is None:
        return None
    told = _EARLIER.search(rest)
    earlier = tuple(told[1].split()) if told else ()
    return Comment(found[1], found[3], _without_earlier(rest), earlier, found[2] or "")


def comment_body(new: Comment, old: Comment | None = None, outcome: Sequence[str] = ()) -> str:
    """The text to store, ending in a newline: the `new` one, with the digests of the plans that stood in the `old` one
    as outdated, newest first. `outcome` are the lines that say what applying it did."""
    earlier: list[str] = []
    if old is not None and old.kind == new.kind == "plan":
        known = dict.fromkeys((old.digest, *old.earlier))
        earlier = [digest for digest in known if digest not in (new.digest, "unknown")][:MOST_EARLIER]
    named = f"{new.name} " if new.name else ""
    parts = [f"<!-- imgur-sync {new.kind} {named}{new.digest} -->\n{_rest(new, outcome)}"]
    if earlier:
        lines = [f"<!-- earlier: {' '.join(earlier)} -->", *(f"- `{digest}`" for digest in earlier)]
        parts.append(fold(f"{plural(len(earlier), 'earlier plan')}, outdated", "\n".join(lines)))
    return "\n\n".join(parts) + "\n"


def too_long(body: str) -> bool:
    """Whether no comment can be so long."""
    return length(body) > LONGEST


def outcome_lines(run: Mapping[str, object]) -> list[str]:
    """What a run did, from its JSON (`apply --json`, the kinds "run" and "error"): one heading, then counts."""
    code = _count(run, "exit_code")
    meaning = MEANINGS[ExitCode(code)] if code in set(ExitCode) else "not known"
    words = _APPLIED if code == ExitCode.DONE else "### imgur-sync: not applied in full"
    lines = [f"{words} (exit {code}: {meaning})"]
    done = [
        f"{number(_count(run, name))} {what}"
        for name, what in (
            ("uploaded", "uploaded"),
            ("edited", "edited"),
            ("deleted", "deleted"),
            ("deleted_albums", "albums deleted"),
            ("in_doubt", "in doubt"),
        )
        if _count(run, name)
    ]
    lines.append(f"{', '.join(done) or 'Nothing was changed'}; {plural(_count(run, 'credits'), 'credit')} spent.")
    left = _left(run)
    if left:
        lines.append(f"Left over: {plural(left, 'step')}.")
    for name, lead in (("message", ""), ("hint", "Hint: "), ("resume_at", "Goes on at ")):
        text = run.get(name)
        if isinstance(text, str) and text:
            lines.append(lead + prose(text))
    return lines


def still_stands(told: Comment, run: Mapping[str, object]) -> bool:
    """Whether a comment tells of a plan that was applied, and this run found nothing more to do: as the runs of a
    schedule do, which shall not take its place."""
    done = any(
        _count(run, name) for name in ("exit_code", "uploaded", "edited", "deleted", "deleted_albums", "in_doubt")
    )
    return told.rest.strip("\n").startswith(f"{_OUTCOME}\n{_APPLIED}") and run.get("kind") == "run" and not done


def _rest(new: Comment, outcome: Sequence[str]) -> str:
    rest = new.rest.strip("\n")
    if rest.startswith(_OUTCOME):  # what an earlier try of applying the same plan did
        rest = rest.partition("\n" + _OUTCOME)[2].strip("\n")
    if not outcome:
        return rest
    return "\n".join((_OUTCOME, "\n\n".join(outcome), _OUTCOME, "", rest))


def _without_earlier(rest: str) -> str:
    """The text without the list of earlier plans, which is the last thing in it."""
    place = rest.rfind("<details><summary>")
    if place >= 0 and _EARLIER.search(rest, place):
        return rest[:place].rstrip("\n")
    return rest


def _count(run: Mapping[str, object], name: str) -> int:
    value = run.get(name)
    return value if isinstance(value, int) and 0 <= value < 10**15 else 0


def _left(run: Mapping[str, object]) -> int:
    left = run.get("left")
    albums = left.get("albums") if isinstance(left, Mapping) else None
    found = [album.get("wanted") for album in albums if isinstance(album, Mapping)] if isinstance(albums, list) else []
    return sum(len(wanted) for wanted in found if isinstance(wanted, list))
