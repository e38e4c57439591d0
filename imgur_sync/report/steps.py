"""One step in words."""

from __future__ import annotations

from typing import assert_never

from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.report.figures import plural, size


def step_text(step: Step) -> str:
    """What a step does, with its path as it is: to be escaped."""
    match step:
        case CreateAlbum():
            return "make the album, hidden"
        case Upload():
            return f"upload {step.path} ({size(step.size)})"
        case EditAlbum():
            return f"edit the album: {_edit(step)}"
        case EditImage():
            return f"change the texts of {step.path}"
        case DeleteImage():
            return f"delete {step.path}"
        case DeleteAlbum():
            return "delete the album; its pictures live on"
    assert_never(step)


def _edit(step: EditAlbum) -> str:
    parts = [f"{plural(len(step.places), 'picture')} in order"] if step.places is not None else []
    parts += [f"{plural(len(step.detached), 'picture')} taken out"] if step.detached else []
    parts += [f"cover {step.cover.path}"] if step.cover is not None else []
    parts += ["title"] if step.title is not None else []
    parts += ["description"] if step.description is not None else []
    parts += [f"privacy {step.privacy}"] if step.privacy is not None else []
    return ", ".join(parts) or "nothing but a look"
