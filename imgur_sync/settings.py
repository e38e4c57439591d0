"""Credentials, endpoint and folders of the user: flag, before environment, before config.toml, before default.

Importing this module imports pydantic-settings, which is slow: only what talks to Imgur does. `directories` is for
everything else.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from imgur_sync.directories import CONFIG_VARIABLE, STATE_VARIABLE, Directories, directories
from imgur_sync.errors import CredentialsError, ManifestError, UsageError
from imgur_sync.hook_setting import arguments, placed
from imgur_sync.imgur.origin import IMGUR, Origin
from imgur_sync.manifest.reading import decoded, read
from imgur_sync.manifest.showing import escaped, key
from imgur_sync.manifest.syntax import parsed
from imgur_sync.model.secret import Secret
from imgur_sync.watch.page.places import Place

PREFIX = "IMGUR_SYNC_"
"""Of every environment variable."""
CONFIG_FILE = "config.toml"

_CREDENTIALS = ("client_id", "client_secret", "refresh_token", "access_token")
_OTHERS = ("api_url", "settle_seconds", "hook", "listen")
_LONGEST = 4096
_CREDENTIAL = re.compile(rf"[\x21-\x7e]{{1,{_LONGEST}}}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set. A credential that nobody gave is None; `settle_seconds` None leaves it to the manifest.

    `api_url` is an origin without a path or a final slash, `hook` the argument list of the command that is told of runs
    and gates, () for none; `listen` is where `watch` serves its status page, as it was written ("": nowhere).
    """

    client_id: str | None
    client_secret: Secret | None
    refresh_token: Secret | None
    access_token: Secret | None
    api_url: str
    directories: Directories
    settle_seconds: float | None
    profile: str
    hook: tuple[str, ...] = ()
    listen: str = ""


def load_settings(
    environ: Mapping[str, str], *, flags: Mapping[str, str | None] | None = None, profile: str = "default"
) -> Settings:
    """The settings that `flags` (by the names of the keys, and state_dir, config_dir), `environ` and config.toml give.

    Each credential may also be in the file that `<its name>_file` names. Empty values count as not given. UsageError
    and CredentialsError name the flag, variable or key, never the value.
    """
    named = {name: value for name, value in (flags or {}).items() if value}
    folders = directories({**environ, **_folder_flags(named)})
    tiers = (
        _Tier(named, lambda name: "--" + name.replace("_", "-"), Path.cwd),
        _Tier(_from_environment(environ), lambda name: PREFIX + name.upper(), Path.cwd),
        _profile_tier(folders.config, profile),
    )
    values = _merged(tiers)
    return Settings(
        client_id=values.client_id.reveal() if values.client_id else None,
        client_secret=values.client_secret,
        refresh_token=values.refresh_token,
        access_token=values.access_token,
        api_url=values.api_url,
        directories=folders,
        settle_seconds=values.settle_seconds,
        profile=profile,
        hook=values.hook,
        listen=values.listen,
    )


@dataclass(frozen=True, slots=True)
class _Tier:
    """The values that one origin gives, as texts by key, with how people call a key there."""

    values: Mapping[str, str]
    label: Callable[[str], str]
    folder: Callable[[], Path]
    """Where relative paths of files start."""

    def settled(self, known: set[str]) -> dict[str, Any]:
        """The values but of the keys `known` from a higher tier, with the files read and the credentials hidden."""
        result: dict[str, Any] = {name: self.values[name] for name in _OTHERS if name in self.values}
        for name in _CREDENTIALS:
            if name in known:
                continue
            given, file = self.values.get(name), self.values.get(f"{name}_file")
            if given and file:
                both = f"{self.label(name)} and {self.label(f'{name}_file')} are both given"
                raise UsageError(both, hint="give one of them")
            if given:
                result[name] = _credential(given, self.label(name))
            elif file:
                label = self.label(f"{name}_file")
                result[name] = _credential(_content(self.folder() / file, label), label)
        return result


class _Values(BaseSettings):
    """What pydantic-settings merges and checks; never leaves this module."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    client_id: Secret | None = None
    client_secret: Secret | None = None
    refresh_token: Secret | None = None
    access_token: Secret | None = None
    api_url: str = IMGUR
    settle_seconds: float | None = None
    listen: str = ""
    hook: tuple[str, ...] = ()

    @field_validator("hook", mode="before")
    @classmethod
    def _arguments(cls, text: str) -> tuple[str, ...]:
        return arguments(text)

    @field_validator("api_url")
    @classmethod
    def _an_origin(cls, text: str) -> str:
        try:
            return Origin.parse(text).text
        except UsageError as error:
            raise ValueError(error.message, error.hint) from None

    @field_validator("listen")
    @classmethod
    def _a_place(cls, text: str) -> str:
        try:
            Place.parse(text, "this")
        except UsageError as error:
            raise ValueError(error.message, error.hint) from None
        return text

    @field_validator("settle_seconds", mode="before")
    @classmethod
    def _seconds(cls, value: object) -> float:
        text = str(value).strip()
        seconds = float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) else math.nan
        if not 0 <= seconds <= 3600:
            raise ValueError("this is no number of seconds from 0 to 3600", "give one, such as 90")
        return seconds


class _TierSource(PydanticBaseSettingsSource):
    """One tier as pydantic-settings takes it."""

    def __init__(self, settings: type[BaseSettings], values: dict[str, Any]) -> None:
        super().__init__(settings)
        self._values = values

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value, the name that it was found by, and that it is not JSON."""
        return self._values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return self._values


def _merged(tiers: tuple[_Tier, ...]) -> _Values:
    """The first tier that gives a key wins. UsageError names the place of a value that cannot be."""
    settled: list[dict[str, Any]] = []
    for tier in tiers:
        settled.append(tier.settled({name for values in settled for name in values}))

    class Merged(_Values):
        """The tiers, first to last, in the place of pydantic-settings' own sources."""

        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *args: object, **kwargs: object
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return tuple(_TierSource(settings_cls, values) for values in settled)

    try:
        return Merged()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0])
    label = next((tier.label(name) for tier, values in zip(tiers, settled, strict=True) if name in values), name)
    flaw = first.get("ctx", {}).get("error")
    what, remedy = flaw.args if isinstance(flaw, ValueError) else ("it cannot be used", f"correct {label}")
    raise UsageError(f"{label}: {what}", hint=remedy)


def _folder_flags(flags: Mapping[str, str]) -> dict[str, str]:
    names = {"state_dir": STATE_VARIABLE, "config_dir": CONFIG_VARIABLE}
    return {variable: flags[name] for name, variable in names.items() if name in flags}


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Empty variables count as not set: that is how CI systems pass a secret that does not exist."""
    names = [*_OTHERS, *_CREDENTIALS, *(f"{name}_file" for name in _CREDENTIALS)]
    return {name: environ[PREFIX + name.upper()] for name in names if environ.get(PREFIX + name.upper(), "").strip()}


def _credential(text: str, label: str) -> Secret:
    stripped = text.strip()
    if not stripped:
        raise CredentialsError(f"{label} is empty", hint="put the value into it, or do not give it")
    if not _CREDENTIAL.fullmatch(stripped):
        message = f"{label} holds what no credential holds: spaces, several lines, letters that are not ASCII"
        raise CredentialsError(message, hint=f"put the bare value there, up to {_LONGEST} characters")
    return Secret(stripped)


def _content(path: Path, label: str) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST * 2)
    except OSError as error:
        reason = escaped(error.strerror or "unknown error")
        raise CredentialsError(f"{label}: the file cannot be read: {reason}", hint="name a readable file") from None
    except ValueError:
        raise CredentialsError(f"{label}: this is no name of a file", hint="name a readable file") from None
    return data.decode("utf-8-sig", "replace")


def _profile_tier(folder: Path, profile: str) -> _Tier:
    """[profiles.NAME] of config.toml; empty if there is no such file or table."""
    path = folder / CONFIG_FILE
    label = f"profiles.{key(profile)}"
    values: dict[str, str] = {}
    if os.path.lexists(path) and (not path.is_file() or path.stat().st_size):
        for name, value in _table(path, profile).items():
            values[name] = _text(path, f"{label}.{key(name)}", name, value)
    start = escaped(str(path))
    return _Tier(values, lambda name: f"{start}: {name if name == 'hook' else f'{label}.{name}'}", lambda: folder)


def _table(path: Path, profile: str) -> dict[str, Any]:
    try:
        source = read(path, directory=path.parent)
        data = parsed(decoded(source), path)
    except ManifestError as error:
        problem = error.problems[0]
        place = f", line {problem.line}, column {problem.column}" if problem.line else ""
        hint = problem.remedy if problem.line else "correct the file, or remove it"
        raise UsageError(f"{escaped(str(path))}{place}: {problem.what}", hint=hint) from None
    for name in data:
        if name not in ("profiles", "hook"):
            _refuse(path, f"unknown key {key(name)}", "write [profiles.NAME] tables")
    profiles = data.get("profiles", {})
    table = profiles.get(profile, {}) if isinstance(profiles, dict) else None
    if not isinstance(table, dict):
        _refuse(path, "profiles must hold tables", "write [profiles.NAME] with its keys below it")
    return {**({"hook": data["hook"]} if "hook" in data else {}), **table}


def _text(path: Path, label: str, name: str, value: object) -> str:
    """A value of config.toml as text. Secrets themselves do not belong there."""
    if name in _CREDENTIALS and name != "client_id":
        _refuse(
            path, f"{label} is a secret, and none stands in this file", f"keep it in another and name that: {name}_file"
        )
    known = ("client_id", *(f"{one}_file" for one in _CREDENTIALS), *_OTHERS)
    if name not in known:
        _refuse(path, f"unknown key {label}", "the keys are " + ", ".join(known))
    if name == "hook":
        return placed(value, path.parent)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, str) if name != "settle_seconds" else number:
        return str(value)
    kind, written = ("number", "without quotes") if name == "settle_seconds" else ("text", "in quotes")
    return _refuse(path, f"{label} is no {kind}", f"write a {kind}, {written}")


def _refuse(path: Path, what: str, remedy: str) -> NoReturn:
    raise UsageError(f"{escaped(str(path))}: {what}", hint=remedy)
