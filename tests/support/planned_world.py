"""Folders, state and Imgur as plain values, and a pure interpreter of plans between them. Time stands still."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from imgur_sync.model.budget import Budget
from imgur_sync.model.local import LocalAlbum, LocalFile
from imgur_sync.model.plan import AlbumPlan, GateName, Plan
from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.spec import AlbumSpec, GateLimits, Manifest, Privacy
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, EditImage, Upload
from imgur_sync.model.synced import SentHeader, Standing, SyncedAlbum, SyncedPicture
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.membership import membership
from imgur_sync.planner.view import AlbumView
from imgur_sync.planner.whole import assemble, plan_albums
from tests.support.album_views import NOW, OLD, ROOT, SETTLE, listing, picture, synced

MANIFEST = Manifest(Path("/sync.toml"), "0" * 64, (), Path("/state.db"))
Place = Callable[[int], int]
"""Where Imgur puts an uploaded picture: given the number of pictures shown, an index."""


def last(shown: int) -> int:
    """Behind all others."""
    return shown


@dataclass
class Album:
    """One album: what the manifest and the folder say, what we recorded, what Imgur shows."""

    spec: AlbumSpec
    files: tuple[LocalFile, ...] = ()
    record: SyncedAlbum | None = None
    shown: list[str] = field(default_factory=list)
    header: dict[str, object] = field(default_factory=dict)


class PlannedWorld:
    """Albums by key, all pictures of ours by id; every other id that an album shows is somebody else's."""

    def __init__(
        self, *albums: Album, pictures: Sequence[SyncedPicture] = (), limits: GateLimits | None = None
    ) -> None:
        self.albums = {album.spec.key: album for album in albums}
        self.pictures = {p.id: p for p in pictures}
        self.limits = limits or GateLimits()
        self.tripped: dict[str, frozenset[GateName]] = {}
        self.made = 0
        self.sent: list[str] = []
        self.texts: dict[str, dict[str, str]] = {}

    def __repr__(self) -> str:
        lines = []
        for key, album in self.albums.items():
            files = ", ".join(f"{f.path}={f.digest[:4]}" for f in album.files)
            lines.append(f"{album.spec} files: {files}; shown: {album.shown}; {album.header}; {album.record}")
            ours = (p for p in self.pictures.values() if p.album == key)
            lines.append(", ".join(f"{p.id}:{p.path}={p.digest[:4]} {p.standing}" for p in ours))
        return "\n".join(lines)

    def view(self, key: str) -> AlbumView:
        """What observing that album gives."""
        album = self.albums[key]
        ours = tuple(p for p in self.pictures.values() if p.album == key and p.standing is not Standing.DELETED)
        here = {p.id for p in ours if p.standing in (Standing.PLACED, Standing.UNMANAGED)}
        return AlbumView(
            spec=album.spec,
            local=LocalAlbum(key, ROOT, album.files),
            now=NOW,
            settle_seconds=SETTLE,
            synced=album.record,
            pictures=ours,
            listing=self.listed(album) if album.record is not None else None,
            elsewhere=frozenset(i for i in album.shown if i in self.pictures and i not in here),
            limits=self.limits,
            tripped=self.tripped.get(key, frozenset()),
        )

    def listed(self, album: Album) -> RemoteAlbum:
        """The listing of an album, with the texts of its pictures."""
        bare = listing(album.shown, album.spec.key, **album.header)
        return replace(bare, pictures=tuple(replace(p, **self.texts.get(p.id, {})) for p in bare.pictures))

    def plan(
        self, approvals: Mapping[GateName, int] | None = None, budget: Budget | None = None, *, exact: bool = True
    ) -> Plan:
        """The plan of all albums; every detached picture is alive."""
        views = [self.view(key) for key in self.albums]
        adrift = {image_id for view in views for image_id in plan_album(view).adrift}
        left = [p for p in self.pictures.values() if p.standing is Standing.DETACHED or p.id in adrift]
        plans = plan_albums(views, left, approvals or {}, self.limits.prune_run, exact=exact)
        return assemble(MANIFEST, "lineage", plans, unchanged=0, unchanged_files=0, budget=budget, now=NOW)

    def approving(self) -> dict[GateName, int]:
        """The exact numbers that pass every gate of the plan."""
        numbers: dict[GateName, int] = {}
        for album in self.plan().albums:
            for gate in album.gates:
                numbers[gate.name] = numbers.get(gate.name, 0) + gate.count
        return numbers

    def apply(self, plan: Plan, place: Place = last) -> None:
        """Carry out every granted step and record it as the executor does; gates that tripped hold from now on."""
        self.tripped = {part.album: frozenset(gate.name for gate in part.gates) for part in plan.albums}
        claims = {p.id: p.album for album in plan.albums for p in album.placements}
        for part in plan.albums:
            self._apply(part, claims, place)

    def _apply(self, plan: AlbumPlan, claims: Mapping[str, str], place: Place) -> None:
        made: dict[str, str] = {}
        deleting = [image_id for _, image_id in plan.deleting]
        for image_id in plan.detachments:
            self._stand(image_id, Standing.DETACHED)
        for image_id in plan.released:
            self._stand(image_id, Standing.UNMANAGED)
        if not any(isinstance(step, EditAlbum) and step.places is not None for step in plan.steps):
            self._place(plan, None)
        for step in plan.steps:
            match step:
                case CreateAlbum(key, title):
                    record = synced(key, edited=False, made_at=OLD, sent=SentHeader(at=OLD))
                    self.albums[key].record = record
                    self.albums[key].header = {"title": title or "", "description": "marker"}
                case Upload():
                    made[step.path] = self._upload(step, place)
                case EditAlbum():
                    self._edit(plan, step, made, claims)
                case EditImage():
                    self._retitle(next(i for path, i in plan.pairs if path == step.path), step)
                case DeleteImage():
                    self._delete(deleting.pop(0))
                case _:
                    raise AssertionError(f"no such step yet: {step}")

    def _stand(self, image_id: str, standing: Standing) -> None:
        self.pictures[image_id] = replace(self.pictures[image_id], standing=standing)

    def _place(self, plan: AlbumPlan, ids: set[str] | None) -> None:
        for p in plan.placements:
            if ids is None or p.id in ids:
                self.pictures[p.id] = replace(
                    self.pictures[p.id], album=p.album, path=p.path, digest=p.digest, standing=Standing.PLACED
                )

    def _upload(self, step: Upload, place: Place) -> str:
        self.made += 1
        image_id = f"new{self.made}"
        self.sent.append(step.digest)
        shown = self.albums[step.album].shown
        shown.insert(place(len(shown)), image_id)
        made = picture(image_id, step.path, album=step.album, digest=step.digest, sent_digest=step.digest)
        self.pictures[image_id] = made
        self._retitle(image_id, step)
        return image_id

    def _retitle(self, image_id: str, step: EditImage | Upload) -> None:
        texts = {"title": step.title, "description": step.description}
        sent = {name: text for name, text in texts.items() if text is not None}
        self.texts.setdefault(image_id, {}).update(sent)
        self.pictures[image_id] = replace(self.pictures[image_id], **sent)

    def _edit(self, plan: AlbumPlan, step: EditAlbum, made: Mapping[str, str], claims: Mapping[str, str]) -> None:
        album = self.albums[step.album]
        assert album.record is not None
        sent = album.record.sent
        if step.cover is not None:
            album.header["cover"] = made.get(step.cover.path) or dict(plan.pairs)[step.cover.path]
        if step.title is not None:
            album.header["title"], sent = step.title, replace(sent, title=step.title)
        if step.description is not None:
            album.header["description"], sent = step.description, replace(sent, description=step.description)
        if step.privacy is not None:
            album.header["public"] = step.privacy == "public"
            sent = replace(sent, privacy=Privacy(step.privacy))
        edited = album.record.edited or not step.narrows
        album.record = replace(album.record, sent=sent, edited=edited)
        if step.places is None:
            return
        ids = membership(plan, [p.path for p in step.places], made, album.shown)
        album.shown = list(ids)
        self._place(plan, set(ids))
        doomed = {image_id for _, image_id in plan.deleting}
        for image_id in plan.leaving - set(ids) - doomed:
            if self.pictures[image_id].album == step.album and claims.get(image_id, step.album) == step.album:
                self._stand(image_id, Standing.DETACHED)

    def _delete(self, image_id: str) -> None:
        self._stand(image_id, Standing.DELETED)
        for album in self.albums.values():
            album.shown = [i for i in album.shown if i != image_id]
