"""The tables and keys of sync.toml as pydantic models. Here None is "not given": defaults are `model.spec`'s."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, create_model

from imgur_sync.manifest.amounts import DAY, HOUR, MIB, Duration, Size
from imgur_sync.manifest.images import is_path
from imgur_sync.manifest.patterns import pattern_fault
from imgur_sync.manifest.showing import escaped
from imgur_sync.model.texts import template_fault

_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_ID = re.compile(r"(?:https?://[^/\s]+/(?:a|gallery|album)/(?:[^/\s?#]*-)?)?([A-Za-z0-9]{5,12})/?(?:[?#]\S*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def album_id(text: str) -> str | None:
    """The id in an id or in the address of an album's page; None if it is neither."""
    found = _ID.fullmatch(text)
    return None if found is None else found[1]


def _plain_text(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("write it without control characters")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("write it on one line, without tabs")
    return _plain_text(text)


def _title_template(text: str) -> str:
    if _PLACEHOLDER.search(text.replace("{folder}", "")):
        raise ValueError("write {folder} for the name of the sub-folder; there is no other such word")
    return _one_line(text)


def _album_id(text: str) -> str:
    if album_id(text) is None:
        raise ValueError('write the id of the album, such as "AbC1234", or the address of its page')
    return text


def _cover(text: str) -> str:
    if "\0" in text or any(part in ("", ".", "..") for part in text.split("/")):
        raise ValueError('write "first", "newest" or the path of a file in the folder, such as "b.jpg"')
    return text


_REF_RULE = 'a full name such as "refs/imgur-sync/pictures", or the name of a branch'
_REF = re.compile(r"(?!.*(\.\.|//|\.lock(/|$)|/\.|\./))[A-Za-z0-9][A-Za-z0-9_./-]*(?<![./])")


def _ref(text: str) -> str:
    kept_out = text.startswith(("refs/", "HEAD")) and not text.startswith(("refs/heads/", "refs/imgur-sync/"))
    if not _REF.fullmatch(text) or kept_out:
        raise ValueError(f"write {_REF_RULE}")
    return text


ORDERS = ("natural", "name", "modified", "taken")
_ORDER_RULE = '"natural", "name", "modified", "taken" or a list of files, such as ["b.jpg", "a.jpg"]'
_ORDER_SCHEMA = {"anyOf": [{"enum": list(ORDERS)}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}


def _order(value: Any) -> Any:
    """One of the words, or paths, each once. No union of types: pydantic would tell its branches apart in the error."""
    if isinstance(value, str) and value in ORDERS:
        return value
    good = isinstance(value, list) and 0 < len(value) <= 10_000 and all(isinstance(path, str) for path in value)
    if not good or not all(is_path(path) for path in value):
        raise ValueError(f"write {_ORDER_RULE}")
    if len(set(value)) < len(value):
        twice = next(path for path in value if value.count(path) > 1)
        raise ValueError(f'name each file once: "{escaped(twice, 60)}" is there twice')
    return value


def _template(text: str) -> str:
    fault = template_fault(text)
    if fault:
        raise ValueError(fault)
    return _one_line(text)


def _pattern(pattern: str) -> str:
    fault = pattern_fault(pattern)
    if fault:
        raise ValueError(fault)
    return pattern


class Table(BaseModel):
    """A table that takes its own keys and no others, without any conversion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class AccountTable(Table):
    """[account]"""

    mode: Literal["account", "anonymous"] | None = None
    profile: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="a name of 1 to 64 letters, digits, dots, hyphens or underscores",
    )


class BudgetTable(Table):
    """[budget]"""

    reserve_credits: int | None = Field(default=None, ge=0, le=1_000_000)
    uploads_per_hour: int | None = Field(default=None, ge=0, le=10_000)
    remote_max_age: Annotated[float, PlainValidator(Duration(0, 30 * DAY))] | None = None
    max_credits_per_run: int | None = Field(default=None, ge=1, le=1_000_000)
    refresh_credits_per_day: int | None = Field(default=None, ge=0, le=12_500)


class UploadTable(Table):
    """[upload]"""

    in_flight: int | None = Field(default=None, ge=1, le=16)
    bytes_in_flight: Annotated[int, PlainValidator(Size(MIB, 1024 * MIB))] | None = None
    settle_seconds: Annotated[float, PlainValidator(Duration(0, HOUR))] | None = None
    max_wait: Annotated[float, PlainValidator(Duration(0, 7 * DAY))] | None = None


class WatchTable(Table):
    """[watch]"""

    quiet: Annotated[float, PlainValidator(Duration(0.1, HOUR))] | None = None
    quiet_cap: Annotated[float, PlainValidator(Duration(1, DAY))] | None = None
    removal_hold: Annotated[float, PlainValidator(Duration(1, 30 * DAY))] | None = None
    rescan: Annotated[float, PlainValidator(Duration(10, 7 * DAY))] | None = None
    remote_max_age: Annotated[float, PlainValidator(Duration(0, 30 * DAY))] | None = None


class CountGateTable(Table):
    """gates.replace, gates.restore"""

    min: int | None = Field(default=None, ge=0, le=1_000_000)
    percent: int | None = Field(default=None, ge=0, le=100)


class PruneGateTable(CountGateTable):
    """gates.prune"""

    run: int | None = Field(default=None, ge=0, le=1_000_000)


class GatesTable(Table):
    """[gates]"""

    prune: PruneGateTable | None = None
    replace: CountGateTable | None = None
    restore: CountGateTable | None = None


class StateTable(Table):
    """[state]"""

    path: str | None = Field(default=None, min_length=1, max_length=1000, description="the path of a file")
    backend: Literal["file", "git"] | None = None
    remote: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$",
        description='the name of a remote of the repository, such as "origin"',
    )
    ref: Annotated[str, AfterValidator(_ref)] | None = Field(
        default=None, min_length=1, max_length=200, description=_REF_RULE
    )
    lease: Annotated[float, PlainValidator(Duration(1, HOUR))] | None = None


class DefaultsTable(Table):
    """[defaults]: every key of an album that can hold for all of them."""

    privacy: Literal["public", "hidden", "secret"] | None = None
    order: Annotated[Any, AfterValidator(_order), WithJsonSchema(_ORDER_SCHEMA)] | None = Field(
        default=None, description=_ORDER_RULE
    )
    cover: Annotated[str, AfterValidator(_cover)] | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description='"first", "newest" or the path of a file in the folder, such as "b.jpg"',
    )
    recursive: bool | None = None
    include: list[Annotated[str, AfterValidator(_pattern)]] | None = Field(
        default=None, min_length=1, max_length=1000, description='1 to 1000 patterns, such as ["**/*"]'
    )
    exclude: list[Annotated[str, AfterValidator(_pattern)]] | None = Field(
        default=None, max_length=1000, description='up to 1000 patterns, such as ["drafts/"]'
    )
    image_title: Annotated[str, AfterValidator(_template)] | None = Field(
        default=None, max_length=1000, description='a text of up to 1000 characters, such as "{stem}"'
    )
    prune: Literal["detach", "delete", "never"] | None = None
    on_remote_delete: Literal["restore", "respect"] | None = None
    priority: int | None = Field(default=None, ge=-1000, le=1000)
    protect: bool | None = None
    allow_public: bool | None = None


class ImageTable(Table):
    """[albums.KEY.images."path"]"""

    title: Annotated[str, AfterValidator(_one_line)] | None = Field(
        default=None, max_length=1000, description="a text of up to 1000 characters"
    )
    description: Annotated[str, AfterValidator(_plain_text)] | None = Field(
        default=None, max_length=10_000, description="a text of up to 10000 characters"
    )


class AlbumTable(DefaultsTable):
    """[albums.KEY]"""

    folder: str = Field(
        min_length=1, max_length=4096, description='a folder, such as "photos/cats", or "." for this one'
    )
    title: Annotated[str, AfterValidator(_one_line)] | None = Field(
        default=None, max_length=1000, description="a text of up to 1000 characters"
    )
    description: Annotated[str, AfterValidator(_plain_text)] | None = Field(
        default=None, max_length=10_000, description="a text of up to 10000 characters"
    )
    images: dict[str, ImageTable] | None = None
    id: Annotated[str, AfterValidator(_album_id)] | None = Field(
        default=None, max_length=300, description='the id of an album on Imgur, such as "AbC1234", or its page'
    )


class CollectionTable(DefaultsTable):
    """[collections.NAME]: one album for each sub-folder."""

    folders: str = Field(
        min_length=1, max_length=4096, description='the sub-folders of one folder, such as "photos/trips/*"'
    )
    title: Annotated[str, AfterValidator(_title_template)] | None = Field(
        default=None, max_length=1000, description='a text in which "{folder}" is the name of the sub-folder'
    )
    description: Annotated[str, AfterValidator(_plain_text)] | None = Field(
        default=None, max_length=10_000, description="a text of up to 10000 characters"
    )


_album_key = Field(min_length=1, max_length=1000, description="the key of an album")

# "from" is a word of Python: such a field cannot be written in a class.
_MOVE: dict[str, Any] = {"from": (str, _album_key), "to": (str, _album_key)}
MovedTable = create_model("MovedTable", __base__=Table, __doc__="[[moved]]: an album key changed its name.", **_MOVE)


class RemovedTable(Table):
    """[[removed]]: an album that is deleted on Imgur."""

    album: str = Field(min_length=1, max_length=1000, description="the key that the album had")
    pictures: Literal["detach", "delete"] | None = None


class Document(Table):
    """The whole file."""

    version: int = Field(ge=1, le=1, description="1")
    lineage: str | None = Field(
        default=None, pattern=r"^[a-z0-9]{8,32}$", description="8 to 32 characters from a to z and 0 to 9"
    )
    account: AccountTable | None = None
    budget: BudgetTable | None = None
    upload: UploadTable | None = None
    gates: GatesTable | None = None
    watch: WatchTable | None = None
    state: StateTable | None = None
    defaults: DefaultsTable | None = None
    albums: dict[str, AlbumTable] | None = None
    collections: dict[str, CollectionTable] | None = None
    moved: list[MovedTable] | None = Field(default=None, description="tables, each below a line [[moved]]")
    removed: list[RemovedTable] | None = Field(default=None, description="tables, each below a line [[removed]]")


def given(table: Table | None) -> dict[str, Any]:
    """The keys that the table gives, with their values."""
    return {} if table is None else {name: getattr(table, name) for name in table.model_fields_set}
