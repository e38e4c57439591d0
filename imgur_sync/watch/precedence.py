"""Albums of the highest priority: they come first, and a few of the hour's uploads are kept for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from imgur_sync.model.spec import Manifest

SHARE = 10
"""One in so many of `uploads_per_hour` is kept."""


def first_of(manifest: Manifest, keys: Collection[str]) -> tuple[str, ...]:
    """Those of these albums that have the highest priority of all albums of the manifest; where none has, all of them.
    In the order of the manifest."""
    highest = _highest(manifest)
    meant = [spec for spec in manifest.albums if spec.key in keys]
    first = tuple(spec.key for spec in meant if spec.priority == highest)
    return first or tuple(spec.key for spec in meant)


def with_uploads_kept(manifest: Manifest, keys: Collection[str]) -> Manifest:
    """The manifest for a look at these albums, or a pass over them (none named: all): unless all of them have the
    highest priority, a share of the hour's uploads is left for those that have it."""
    highest = _highest(manifest)
    others = [spec for spec in manifest.albums if spec.priority < highest and (not keys or spec.key in keys)]
    cap = manifest.budget.uploads_per_hour
    if not others or cap < SHARE:
        return manifest
    return replace(manifest, budget=replace(manifest.budget, uploads_per_hour=cap - cap // SHARE))


def preferred(manifest: Manifest) -> tuple[str, ...]:
    """The albums for which uploads are kept: after a pass over all albums they may use these."""
    kept = with_uploads_kept(manifest, ()) is not manifest
    return first_of(manifest, [spec.key for spec in manifest.albums]) if kept else ()


def _highest(manifest: Manifest) -> int:
    return max((spec.priority for spec in manifest.albums), default=0)
