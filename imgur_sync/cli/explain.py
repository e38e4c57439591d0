"""`imgur-sync explain`: what becomes of one file or picture and why; offline unless it is told to ask."""

from __future__ import annotations

import stat
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.session import Session, result, shared

if TYPE_CHECKING:
    from imgur_sync.cli.explain_subject import Subject
    from imgur_sync.local.why import LeftOut
    from imgur_sync.model.local import LocalFile
    from imgur_sync.model.plan import Plan
    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.spec import AlbumSpec, Manifest
    from imgur_sync.model.synced import SyncedPicture
    from imgur_sync.report.explain import Explanation, FileFacts
    from imgur_sync.report.verdicts import Judgement


@click.command("explain", short_help="Explain what becomes of one file, and why.")
@click.argument("path")
@click.option("--online", is_flag=True, help="Ask Imgur, as plan does, for a few credits.")
@shared()
def command(session: Session, path: str, online: bool) -> None:
    """Explain why PATH is sent, skipped, ignored, kept, replaced, removed or held back, and what is known of it.

    PATH is a file in an album's folder (also one that is no longer there), a place as diff tells it (ALBUM/PATH), or
    the link or id of a picture. From what is known, without a request, unless --online is given.

    \b
    imgur-sync explain photos/cats/tom.jpg
    imgur-sync explain cats/tom.jpg
    imgur-sync explain https://i.imgur.com/AbC1234.jpg
    """
    from imgur_sync.cli.explain_subject import subject
    from imgur_sync.cli.manifests import load_manifest
    from imgur_sync.executor.renaming import follow, pending
    from imgur_sync.report.explain import explain_json, explain_text
    from imgur_sync.report.text import Moment
    from imgur_sync.state.store import find_store

    manifest = load_manifest(session)
    store = find_store(manifest.state_path, lineage=manifest.lineage, read_only=True)
    if store is not None and pending(store, manifest):  # the keys that the plan goes by
        follow(store.record_aside(), manifest)
    try:
        meant = subject(path, manifest, store)
        found = _explained(session, manifest, store, meant, asked=path, online=online)
    finally:
        if store is not None:
            store.close()
    result(explain_json(found) if session.json else explain_text(found, Moment(time.time())))


def _explained(
    session: Session, manifest: Manifest, store: StateStore | None, meant: Subject, *, asked: str, online: bool
) -> Explanation:
    from imgur_sync.report.explain import Explanation, Verdict

    base = Explanation(asked, Verdict.UNKNOWN, (), album=meant.album, path=meant.path, offline=not online)
    pictures = _pictures(store, meant)
    base = replace(base, pictures=pictures, failed=_failed(store, meant))
    base = replace(base, title=(meant.spec.title or "") if meant.spec is not None else "")
    if meant.retired:
        told = "another picture took its place; this one stays on Imgur, and its link goes on working"
        return replace(base, verdict=Verdict.REPLACED, because=(told,))
    if meant.spec is None:
        return _without_entry(session, manifest, meant, base, online=online)
    rule = _rule(meant.spec, meant.path)
    if rule is not None and not pictures:
        from imgur_sync.cli.explain_rules import rule_text

        return replace(base, verdict=Verdict.IGNORED, because=(rule_text(manifest, meant.spec, rule),), file=None)
    return _judged(session, manifest, meant.spec, meant.path, base, rule, online=online)


def _without_entry(
    session: Session, manifest: Manifest, meant: Subject, base: Explanation, *, online: bool
) -> Explanation:
    """Of an album that the manifest removes, or names no more."""
    from imgur_sync.report.explain import Verdict

    removal = next((removal for removal in manifest.removed if removal.album == meant.album), None)
    if removal is None:
        return replace(base, verdict=Verdict.UNMANAGED, because=("its album is not in the manifest any more",))
    from imgur_sync.report.removed_verdicts import judge_removed

    plan = _plan(session, meant.album, online=online)
    return _with(base, judge_removed(plan, removal, meant.path, base.pictures), plan)


def _with(base: Explanation, judgement: Judgement, plan: Plan) -> Explanation:
    """The judgement, with what to type where a gate stands in the way that a number passes."""
    from imgur_sync.report.text import approvals

    gate, numbers = judgement.gate, approvals(plan)
    approve = f"{gate.value}={numbers[gate]}" if gate is not None and gate in numbers else ""
    gate_name = gate.value if gate is not None else ""
    return replace(base, verdict=judgement.verdict, because=judgement.because, gate=gate_name, approve=approve)


def _judged(
    session: Session,
    manifest: Manifest,
    spec: AlbumSpec,
    path: str,
    base: Explanation,
    rule: LeftOut | None,
    *,
    online: bool,
) -> Explanation:
    """With the plan's word, and that of the folder."""
    from imgur_sync.report.explain import Verdict
    from imgur_sync.report.verdicts import judge

    plan = _plan(session, spec.key, online=online)
    file = _scanned(manifest, spec, path)
    album = next((album for album in plan.albums if album.album == spec.key), None)
    facts = _facts(spec, path, file)
    base = replace(base, file=facts)
    judgement = judge(album, spec, path, base.pictures, there=file is not None)
    if judgement is None:
        if facts is None:
            return replace(base, because=("there is no such file, and no picture of ours was ever at this path",))
        why = "its content is no picture that Imgur takes"
        if (spec.root / path).is_symlink():
            why = "it is a symbolic link, and none is followed"
        return replace(base, verdict=Verdict.SKIPPED, because=(why,))
    if rule is not None:
        from imgur_sync.cli.explain_rules import rule_text

        judgement = replace(judgement, because=(*judgement.because, rule_text(manifest, spec, rule)))
    return _with(base, judgement, plan)


def _plan(session: Session, key: str, *, online: bool) -> Plan:
    """The plan of all albums, so that pictures can come from others; of one where another's folder is missing."""
    from imgur_sync.cli.plan import made_plan
    from imgur_sync.errors import ManifestError
    from imgur_sync.executor import Options

    options = Options(offline=not online)
    try:
        return made_plan(session, options, None)
    except ManifestError:
        return made_plan(session, replace(options, albums=(key,)), None)


def _scanned(manifest: Manifest, spec: AlbumSpec, path: str) -> LocalFile | None:
    """The file as the scan sees it; None where the album does not take it."""
    from imgur_sync.executor import SystemClock
    from imgur_sync.local.folders import Folders
    from imgur_sync.model.local import LocalAlbum
    from imgur_sync.state.cache import SqliteCache

    with SqliteCache(manifest.state_path.with_name("cache.db")) as cache:
        album = Folders(cache, SystemClock()).scan(spec)
    assert isinstance(album, LocalAlbum)
    return next((file for file in album.files if file.path == path), None)


def _facts(spec: AlbumSpec, path: str, file: LocalFile | None) -> FileFacts | None:
    """Of a file that the album takes what the scan knows, of another its size; None where there is none."""
    from imgur_sync.report.explain import FileFacts

    if file is not None:
        return FileFacts(file.size, file.media_type, file.width, file.height, file.digest)
    try:
        row = (spec.root / path).lstat()
    except (OSError, ValueError):
        return None
    return FileFacts(row.st_size) if stat.S_ISREG(row.st_mode) else FileFacts(0)


def _rule(spec: AlbumSpec, path: str) -> LeftOut | None:
    from imgur_sync.local.why import left_out

    try:
        return left_out(spec, path)
    except (OSError, ValueError):
        return None  # the plan says that the folder cannot be read


def _pictures(store: StateStore | None, meant: Subject) -> tuple[SyncedPicture, ...]:
    if meant.picture is not None:
        return (meant.picture,)
    if store is None or not meant.path:
        return ()
    return tuple(picture for picture in store.pictures(meant.album) if picture.path == meant.path)


def _failed(store: StateStore | None, meant: Subject) -> tuple[str, float] | None:
    if store is None:
        return None
    return next(((file.reason, file.at) for file in store.failed(meant.album) if file.path == meant.path), None)
