"""What a hook is told, and the JSON Schema that programs check it with."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
import pytest

from imgur_sync.errors import CredentialsError, ExitCode
from imgur_sync.model.event import AlbumResult, RunFinished
from imgur_sync.model.gate import Gate, GateName
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.step import Upload
from imgur_sync.report.hooks import FORMAT_VERSION, HOOK_SHAPES, gate_document, gate_documents, run_document
from imgur_sync.report.json_schemas import schema_text
from imgur_sync.report.shapes import SHAPES
from tests.support.shape_check import check_document

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]
GIVEN = {"command": "watch", "manifest": "/pictures/my sync.toml"}
SCHEMA = json.loads(schema_text("hook", tuple(HOOK_SHAPES), FORMAT_VERSION))


def checked(document: Mapping[str, Any]) -> Any:
    """The document after a way through JSON; of its shape, and valid by its schema."""
    read = json.loads(json.dumps(document))
    check_document(read, read["kind"])
    jsonschema.Draft202012Validator(SCHEMA).validate(read)
    return read


def test_a_run_tells_its_codes_counts_and_albums(album: Albums, plan: Plans, upload: Callable[..., Upload]) -> None:
    """Without the pages of albums; the summary is what people read, in one line."""
    cats = AlbumResult("cats", "Cats", 3, 1, False, "https://imgur.com/a/SECRETid", ("b.jpg: empty file",))
    left = plan(album(upload("a.jpg"), gates=(Gate(GateName.PRUNE, "cats", 4, "4 of 9 would leave"),)))
    codes = (ExitCode.PARTIAL, ExitCode.GATE)
    document = checked(run_document(RunFinished(codes, (cats,), 3, 900, 1, 0, 33, left, 1e9), **GIVEN))
    assert (document["exit_code"], document["exit_codes"], document["changed"]) == (7, [7, 3], True)
    assert (document["uploaded"], document["credits"], document["left"]) == (3, 33, 1)
    assert document["resume_at"] == "2001-09-09T01:46:40Z"
    assert document["summary"] == (
        "3 pictures uploaded (900 bytes), 1 edit; 33 credits spent. Exit 7: partial: something failed, the rest is "
        "done and saved. Exit 3: a gate held steps back."
    )
    assert "SECRETid" not in json.dumps(document)
    (gate,) = document["gates"]
    assert shlex.split(gate["type"]) == [
        "imgur-sync", "-f", "/pictures/my sync.toml", "apply", "--approve", "prune=4",
    ]  # fmt: skip


def test_an_error_rules_the_exit_codes(plan: Plans) -> None:
    """With what was done, and where nothing had begun."""
    error = CredentialsError("the token was\x1b refused", hint="log in")
    run = RunFinished((ExitCode.PARTIAL,), (), 0, 0, 0, 0, 2, plan(), stopped=True)
    document = checked(run_document(run, error=error, **GIVEN))
    assert (document["exit_code"], document["exit_codes"], document["stopped"]) == (8, [8, 7], True)
    assert document["summary"] == "Nothing was changed; 2 credits spent. the token was\\u001b refused"
    document = checked(run_document(None, error=error, **GIVEN))
    assert (document["exit_codes"], document["hint"], document["changed"]) == ([8], "log in", False)
    assert (document["credits"], document["albums"], document["resume_at"]) == (0, [], None)


@pytest.mark.parametrize("name", list(GateName))
def test_each_gate_says_what_to_type_or_to_do(name: GateName, album: Albums, plan: Plans) -> None:
    """The number is the sum over the albums of the plan; what is typed names the albums that it was made for."""
    cats = album(gates=(Gate(name, "cats", 4, "so many"),), title="Cats")
    trip = album(key="trips/it's $(here)", gates=(Gate(name, "trips/it's $(here)", 3, "also"),), title="")
    made = plan(cats, trip)
    first, second = (checked(one) for one in gate_documents(made, **GIVEN, albums=("cats", "trips/*")))
    assert (first["event"], first["album"], first["title"], first["count"]) == ("gate", "cats", "Cats", 4)
    typed = shlex.split(second["type"])
    head = ["imgur-sync", "-f", "/pictures/my sync.toml"]
    if name.approvable:
        assert typed == [*head, "apply", "cats", "trips/*", "--approve", f"{name.value}=7"]
        assert (first["number"], second["number"]) == (7, 7)
    else:
        assert second["number"] is None
        assert typed == ([*head, "root", "accept", "trips/it's $(here)"] if name is GateName.ROOT else [])
    assert second["remedy"]
    assert second["summary"].startswith(f"trips/it's $(here): gate {name.value}")


def test_a_manifest_that_has_no_name_is_not_typed(album: Albums, plan: Plans) -> None:
    """One that was read from stdin."""
    gate = Gate(GateName.PUBLISH, "cats", 1, "shown")
    document = gate_document(plan(album(gates=(gate,))), gate, command="apply", manifest="")
    assert document["type"] == "imgur-sync apply --approve publish=1"


@pytest.mark.parametrize("kind", list(SHAPES))
def test_every_shape_can_be_told_as_a_schema(kind: str) -> None:
    """A valid one, which takes further fields and misses none."""
    schema = json.loads(schema_text(kind, [kind], 1))
    jsonschema.Draft202012Validator.check_schema(schema)
    (table,) = schema["oneOf"]
    always = {name for name in SHAPES[kind] if not name.endswith("?")}
    assert set(table["required"]) == {*always, "format_version", "kind"} - {"*"}
    assert not jsonschema.Draft202012Validator(schema).is_valid({"kind": kind, "format_version": 1})


def test_a_schema_tells_times_tables_and_names_apart(plan: Plans) -> None:
    """By what it refuses of a document that is good."""
    good = json.loads(json.dumps(run_document(None, error=CredentialsError("x"), **GIVEN)))
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert validator.is_valid({**good, "later": 1})
    for wrong in ({"exit_code": "8"}, {"albums": [{}]}, {"resume_at": 5}, {"kind": "run"}, {"changed": 1}):
        assert not validator.is_valid({**good, **wrong})
    plans = jsonschema.Draft202012Validator(json.loads(schema_text("plan", ["plan"], 1)))
    assert "additionalProperties" in json.dumps(plans.schema)
