"""What every test of the manifest needs: a folder to write a manifest into, and the problems that it has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ManifestError, ManifestProblem
from imgur_sync.manifest import load
from imgur_sync.model.spec import Manifest

HEAD = 'version = 1\nlineage = "k3v9x2mq"\n'


@pytest.fixture
def load_text(tmp_path: Path) -> Callable[..., Manifest]:
    """Loads a text, or bytes, as the sync.toml of `tmp_path`."""

    def load_it(text: str | bytes, **options: Any) -> Manifest:
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        (tmp_path / "sync.toml").write_bytes(data)
        return load(None, directory=tmp_path, **options)

    return load_it


@pytest.fixture
def problems(load_text: Callable[..., Manifest]) -> Callable[..., tuple[ManifestProblem, ...]]:
    """The problems of a text that must have some."""

    def find(text: str | bytes, **options: Any) -> tuple[ManifestProblem, ...]:
        with pytest.raises(ManifestError) as caught:
            load_text(text, **options)
        assert caught.value.exit_code == 65
        return caught.value.problems

    return find


@pytest.fixture
def album(load_text: Callable[..., Manifest]) -> Callable[[str], Any]:
    """The one album of a manifest whose album table holds the given lines."""

    def load_album(lines: str = "") -> Any:
        return load_text(f'{HEAD}[albums.cats]\nfolder = "cats"\n{lines}\n').albums[0]

    return load_album
