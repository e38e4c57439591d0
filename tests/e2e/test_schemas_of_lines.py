"""`schema --kind …` is JSON Schema that real documents and real lines of events hold to, and broken ones do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imgur_sync.report.shapes import SHAPES
from tests.support.inside import Inside
from tests.support.inside_daemon import InsideDaemon, live
from tests.support.mirror import Mirror, mirror


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """Two albums, nothing sent yet; a file that cannot be sent."""
    with mirror(tmp_path, kind=Inside) as made:
        made.put("dogs/broken.png", b"\x89PNG\r\n\x1a\n")
        yield made


def validator(here: Mirror, kind: str) -> Draft202012Validator:
    """What the command prints as a schema, compiled; it is one."""
    schema = json.loads(here.run("schema", "--kind", kind).stdout)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def read(path: Path) -> list[dict[str, Any]]:
    """All lines of a file of events."""
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_every_line_of_events_holds_to_one_schema(here: Mirror) -> None:
    """Of a plan, of a run that fails in part, and of a daemon, on stdout and in a file; dates are of one form."""
    events, log = here.folder.parent / "run.jsonl", here.folder.parent / "watch.jsonl"
    here.run("plan", "-q", "--events", str(events))
    here.run("apply", "-y", "-q", "--events", str(events), code=7)
    told: list[dict[str, Any]] = []

    def story(watch: InsideDaemon) -> None:
        here.put("cats/late.png", 77)
        watch.await_told("upload_done")
        told.extend(watch.lines)

    live(here, story, "--json", "-v", "--events", str(log))
    lines = [*read(events), *read(log), *told]
    assert {line["kind"] for line in lines} == {"event", "watch_event"}
    assert {"planned", "upload_done", "run_finished", "began", "ended"} <= {line["event"] for line in lines}
    whole = validator(here, "event")
    for line in lines:
        whole.validate(line)
        assert len(line["at"]) == len("2026-03-01T13:05:00Z")
        assert line["at"].endswith("Z")


def test_documents_hold_to_the_schema_of_any(here: Mirror) -> None:
    """Plans as printed and as files, runs, what the state tells, errors."""
    whole, plan = validator(here, "any"), validator(here, "plan")
    here.run("plan", "-q", "-o", "plan.json")
    texts = [(here.folder / "plan.json").read_text()]
    for arguments, code in (
        (("plan",), 0),
        (("show", "plan.json"), 0),
        (("diff", "plan.json", "plan.json"), 0),
        (("apply", "-y"), 7),
        (("status",), 0),
        (("drift",), 0),
        (("history", "-v"), 0),
        (("links",), 0),
        (("plan", "nothing"), 64),
    ):
        texts.append(here.run(*arguments, "--json", code=code).stdout)
    documents = [json.loads(text) for text in texts]
    for document in documents:
        whole.validate(document)
    for document in documents[:3]:
        plan.validate(document)
    validator(here, "state").validate(documents[5])


@pytest.mark.parametrize(("field", "value"), [("at", 5), ("kind", "watch"), ("text", None), ("format_version", 2)])
def test_a_line_that_is_another_does_not(here: Mirror, field: str, value: object) -> None:
    """Or else the schema would say nothing."""
    events = here.folder.parent / "run.jsonl"
    here.run("plan", "-q", "--events", str(events))
    line = read(events)[0]
    assert validator(here, "event").is_valid(line)
    assert not validator(here, "event").is_valid({**line, field: value})
    assert not validator(here, "event").is_valid({name: it for name, it in line.items() if name != field})


def test_every_shape_is_a_schema(here: Mirror) -> None:
    """None is left out of the schema of any document."""
    kinds = [
        one["properties"]["kind"]["const"] for one in json.loads(here.run("schema", "--kind", "any").stdout)["oneOf"]
    ]
    assert sorted(kinds) == sorted(SHAPES)
