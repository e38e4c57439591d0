"""Reading a plan file. It may come from anybody: whatever is in it, a plan comes out, or a `UnreadableError`.

The plan is for showing and comparing. It has no ids, and applying makes a new one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from imgur_sync.errors import StaleError, UnreadableError
from imgur_sync.model.budget import Budget, Cost, LimitName
from imgur_sync.model.forecast import AlbumForecast, Forecast, Windows
from imgur_sync.model.gate import Gate, GateName
from imgur_sync.model.local import Unsendable
from imgur_sync.model.plan import AlbumPlan, Blocked, Deferred, Drift, Placement, Plan, Price, Unsettled, Withheld
from imgur_sync.model.reviewed import Binding, Expected
from imgur_sync.model.step import Move, Step
from imgur_sync.planner.digest import digest
from imgur_sync.planner.reviewed import wanted_elements
from imgur_sync.report.escape import terminal
from imgur_sync.report.jsons import FORMAT_VERSION, STEP_KINDS
from imgur_sync.report.plan_file import checksum

T = TypeVar("T")
Table = dict[str, Any]

MOST_BYTES = 256 * 1024 * 1024
_STEPS = {kind: step for step, kind in STEP_KINDS.items()}
_BROKEN = (ValidationError, KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file as it was read. `expected` is what an apply of it compares with."""

    plan: Plan
    expected: Expected


def read_plan(text: str, name: str) -> PlanFile:
    """The plan in this text; `name` is what errors call it.

    Raises `UnreadableError` for what is no plan file, and `StaleError` for one that was changed after it was made.
    """
    table = _table(text, name)
    version = table.get("format_version")
    if table.get("kind") != "plan" or type(version) is not int or version < 1:
        raise UnreadableError(
            f"{terminal(name)} is not a plan of imgur-sync", hint="imgur-sync plan -o FILE writes one"
        )
    if version > FORMAT_VERSION:
        raise UnreadableError(
            f"{terminal(name)} was written by a newer version of this program (format {version}, not {FORMAT_VERSION})",
            hint="show and apply it with that version",
        )
    if "binding" not in table:
        raise UnreadableError(
            f"{terminal(name)} is what plan --json printed: it is bound to nothing", hint="write it with: plan -o FILE"
        )
    try:
        plan = _plan(table)
        expected = _expected(plan, _as(str, table["checksum"]), _as(str, table["seal"]))
    except _BROKEN as error:
        raise UnreadableError(
            f"{terminal(name)} is not a whole plan file ({_why(error)})", hint="make a new one"
        ) from error
    if checksum(table) != expected.checksum or digest(plan.albums) != plan.digest:
        raise StaleError(f"{terminal(name)} was changed after it was made", hint="make a new plan")
    return PlanFile(plan, expected)


def _table(text: str, name: str) -> Table:
    def constant(word: str) -> object:
        raise ValueError(f"{word} is no number of JSON")

    try:
        table = json.loads(text, parse_constant=constant, object_pairs_hook=_once)
    except RecursionError:
        raise UnreadableError(f"{terminal(name)} is nested too deeply for a plan", hint="make a new one") from None
    except ValueError as error:
        raise UnreadableError(f"{terminal(name)} is not JSON ({_why(error)})", hint="make a new one") from error
    if not isinstance(table, dict):
        raise UnreadableError(
            f"{terminal(name)} is not a plan of imgur-sync", hint="imgur-sync plan -o FILE writes one"
        )
    return table


def _once(pairs: list[tuple[str, Any]]) -> Table:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name stands twice in one table")
    return table


def _why(error: Exception) -> str:
    """One clause, without what the file holds."""
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return ".".join(str(part) for part in first["loc"]) or "a value"
    if isinstance(error, KeyError):
        return f"{terminal(str(error.args[0]), 40)} is missing"
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}"
    return "a value of the wrong kind"


@lru_cache(maxsize=50)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _as(kind: Callable[..., T], value: object) -> T:
    """A plain value as one of our values, checked."""
    made: T = _adapter(kind).validate_python(value)
    return made


def _texts(value: object) -> tuple[str, ...]:
    made: tuple[str, ...] = _adapter(tuple[str, ...]).validate_python(value)
    return made


def _time(value: object) -> float | None:
    if value is None:
        return None
    at = datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at.timestamp()


def _moment(value: object) -> float:
    at = _time(value)
    if at is None:
        raise ValueError("a time is missing")
    return at


def _plan(table: Table) -> Plan:
    budget, coming, same = table["budget"], table["forecast"], table["unchanged"]
    return Plan(
        manifest_digest=_as(str, table["manifest_digest"]),
        lineage=_as(str, table["lineage"]),
        albums=tuple(_album(album, number) for number, album in enumerate(table["albums"])),
        unchanged=_as(int, same["albums"]),
        unchanged_files=_as(int, same["pictures"]),
        unchanged_foreign=tuple((str(key), _as(int, count)) for key, count in same["foreign"].items()),
        price=_price(table["price"]),
        total=_price(table["total"]),
        budget=None if budget is None else _budget(budget),
        digest=_as(str, table["digest"]),
        made_at=_moment(table["made_at"]),
        resume_at=_time(table["resume_at"]),
        observation_reads=_as(int, table["observation_reads"]),
        oldest_listing=_time(table["oldest_listing"]),
        offline=_as(bool, table["offline"]),
        notes=_texts(table["notes"]),
        forecast=None if coming is None else _forecast(coming),
        binding=_bound(table["binding"]),
    )


def _album(table: Table, number: int) -> AlbumPlan:
    key = _as(str, table["album"])
    until = [(_as(str, one["what"]), _moment(one["until"])) for one in table["unsettled"]]
    drifts = zip(_texts(table["drift"]), _texts(table["drift_answers"]), strict=True)
    return AlbumPlan(
        album=key,
        title=_as(str, table["title"]),
        position=number,
        priority=0,
        files=_as(int, table["files"]),
        synced=_as(int, table["synced"]),
        wanted=_steps(table["wanted"]),
        steps=_steps(table["steps"]),
        withheld=tuple(Withheld(_step(one["step"]), GateName(one["gate"])) for one in table["withheld"]),
        deferred=tuple(Deferred(_step(one["step"]), LimitName(one["limit"])) for one in table["deferred"]),
        gates=tuple(_as(Gate, one) for one in table["gates"]),
        blocked=tuple(_as(Blocked, one) for one in table["blocked"]),
        drift=tuple(Drift(key, what, then) for what, then in drifts),
        unsettled=tuple(Unsettled(key, what, at) for what, at in until),
        unsendable=tuple(_as(Unsendable, one) for one in table["unsendable"]),
        skipped=_as(int, table["skipped"]),
        skipped_examples=_texts(table["skipped_examples"]),
        unmanaged=_texts(table["unmanaged"]),
        foreign=_as(int, table["foreign"]),
        moves=tuple(_as(Move, one) for one in table["moves"]),
        placements=tuple(Placement("", key, _as(str, p["path"]), _as(str, p["digest"])) for p in table["recorded"]),
        replaced=tuple((path, "") for path in _texts(table["replaced"])),
        reads=_as(int, table["reads"]),
        listed_at=_time(table["listed_at"]),
        warnings=_texts(table["warnings"]),
        errors=_texts(table["errors"]),
    )


def _steps(values: Iterable[Table]) -> tuple[Step, ...]:
    return tuple(_step(value) for value in values)


def _step(value: Table) -> Step:
    kind: Callable[..., Step] = _STEPS[value["kind"]]
    return _as(kind, value)


def _price(table: Table) -> Price:
    writes = Cost(_as(int, table["writes"]), _as(int, table["posts"]), _as(int, table["uploads"]))
    return Price(writes, _as(int, table["reads"]), _as(int, table["uploads"]), _as(int, table["upload_bytes"]))


def _budget(table: Table) -> Budget:
    limits = [
        {
            **limit,
            "resumes_at": _time(limit["resumes_at"]),
            "returns": [{**one, "at": _moment(one["at"])} for one in limit["returns"]],
        }
        for limit in table["limits"]
    ]
    ends = {name: _time(table[name]) for name in ("strikes_end", "blocked_until")}
    return _as(Budget, {**table, **ends, "limits": limits})


def _forecast(table: Table) -> Forecast:
    never = table["decides"]
    return Forecast(
        needed=_price(table["needed"]),
        now=_price(table["now"]),
        later=_price(table["later"]),
        looks=_as(int, table["looks"]),
        limits=tuple(LimitName(name) for name in table["limits"]),
        decides=None if never is None else LimitName(never),
        windows=tuple(_window(one) for one in table["windows"]),
        albums=tuple(_album_forecast(one) for one in table["albums"]),
        resume_at=_time(table["resume_at"]),
        finished_at=_time(table["finished_at"]),
        patience=_as(float, table["patience"]),
        soon=_as(int, table["soon"]),
        per_run=None if table["per_run"] is None else _as(int, table["per_run"]),
        blocked_until=_time(table["blocked_until"]),
    )


def _window(table: Table) -> Windows:
    return _as(Windows, {**table, **{name: _moment(table[name]) for name in ("start", "end", "last")}})


def _album_forecast(table: Table) -> AlbumForecast:
    never = None if table["never"] is None else LimitName(table["never"])
    counts = (_as(int, table["uploads"]), _as(int, table["now"]))
    return AlbumForecast(_as(str, table["album"]), *counts, _time(table["finished_at"]), never)


def _bound(table: Table) -> Binding:
    return Binding(
        _texts(table["albums"]),
        tuple((GateName(name).value, count) for name, count in _pairs(int, table["approvals"])),
        _pairs(int, table["serials"]),
        _pairs(str, table["seen"]),
    )


def _pairs(kind: Callable[..., T], table: Mapping[str, object]) -> tuple[tuple[str, T], ...]:
    return tuple(sorted(((str(key), _as(kind, value)) for key, value in table.items()), key=lambda pair: pair[0]))


def _expected(plan: Plan, mark: str, seal: str) -> Expected:
    binding = plan.binding or Binding()
    elements = wanted_elements(plan)
    return Expected(plan.digest, mark, plan.lineage, plan.manifest_digest, binding, elements, plan.made_at, seal)
