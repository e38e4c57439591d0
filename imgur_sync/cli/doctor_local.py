"""What `doctor` checks on this machine. Nothing is written but what reading the manifest remembers."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from imgur_sync.cli.credentials import given_variables
from imgur_sync.cli.manifests import load_manifest
from imgur_sync.cli.session import Session
from imgur_sync.directories import directories
from imgur_sync.errors import ExitCode, ImgurSyncError, ManifestError
from imgur_sync.local.names import promised_type
from imgur_sync.model.spec import AlbumSpec, Manifest
from imgur_sync.report.checkup import Finding, fine, problem, warning
from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import plural, size

_UNREADABLE = ExitCode.UNREADABLE
_LITTLE, _NOTHING = 200_000_000, 10_000_000
_MOST_FILES = 200_000


def local_findings(session: Session) -> Iterator[tuple[Finding, Manifest | None]]:
    """Each finding, with the manifest once there is a usable one."""
    manifest: Manifest | None = None
    for found, manifest in _manifest(session):
        yield found, manifest
    if manifest is not None:
        for spec in manifest.albums:
            yield _folder(spec), manifest
        yield _state(manifest), manifest
    for found in _permissions(manifest):
        yield found, manifest
    for found in _disk(manifest):
        yield found, manifest


def _manifest(session: Session) -> Iterator[tuple[Finding, Manifest | None]]:
    from imgur_sync.cli.stored import NAMES

    if session.file is None and not any(os.path.lexists(name) for name in NAMES):
        yield warning("manifest", f"there is no {NAMES[0]} here", "name it with -f, or make one: imgur-sync init"), None
        return
    try:
        manifest = load_manifest(session)
    except ManifestError as error:
        first = error.problems[0]
        place = f"{first.line}:{first.column}: " if first.line else ""
        more = f" (and {plural(len(error.problems) - 1, 'more problem')})" if len(error.problems) > 1 else ""
        remedy = first.remedy or "all problems: imgur-sync validate"
        yield problem("manifest", f"{error.path}: {place}{first.what}{more}", remedy, _UNREADABLE), None
        return
    except ImgurSyncError as error:
        yield problem("manifest", error.message, error.hint, _UNREADABLE), None
        return
    count = plural(len(manifest.albums), "album")
    yield fine("manifest", f"{manifest.path}: {count}"), manifest
    for text in manifest.warnings:
        yield warning("manifest", text, "see: imgur-sync validate"), manifest
    if manifest.lineage is None:
        remedy = "without one a lost state cannot be rebuilt: imgur-sync init shows how a manifest begins"
        yield warning("manifest", "it names no lineage", remedy), manifest


def _folder(spec: AlbumSpec) -> Finding:
    """Whether it is there, whether everything in it can be read, what it holds, before any pattern of the album.

    Links are not followed.
    """
    where = f"{terminal(spec.key)}: {terminal(str(spec.root), 0)}"
    if not spec.root.is_dir():
        remedy = "is a disk not mounted, was the folder moved? Nothing is removed from the album meanwhile"
        return problem("folder", f"{where} is not there, or is no folder", remedy)
    pictures = links = others = 0
    closed: list[str] = []
    for entry, readable in _entries(spec.root, closed, recursive=spec.recursive):
        if entry.is_symlink():
            links += 1
        elif not readable:
            closed.append(entry.path)
        elif promised_type(entry.name):
            pictures += 1
        else:
            others += 1
    told = f"{where}: {plural(pictures, 'picture')}"
    told += f", {plural(others, 'other file')}" if others else ""
    told += f", {plural(links, 'symbolic link')}, not followed" if links else ""
    if closed:
        what = f"{told}; {plural(len(closed), 'entry', 'entries')} cannot be read, such as {terminal(closed[0], 0)}"
        return problem("folder", what, "make them readable for you: chmod u+rX. Nothing is removed meanwhile")
    if not pictures:
        return warning("folder", told, "an empty folder trips a gate: nothing of its album is touched")
    return fine("folder", told)


def _entries(root: Path, closed: list[str], *, recursive: bool) -> Iterator[tuple[os.DirEntry[str], bool]]:
    """Every file and link below, up to a bound, and whether it can be read; hidden ones are left out."""
    waiting, left = [str(root)], _MOST_FILES
    while waiting and left > 0:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            closed.append(folder)
            continue
        for entry in entries:
            left -= 1
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting += [entry.path] if recursive else []
            else:
                yield entry, os.access(entry.path, os.R_OK, follow_symlinks=True) or entry.is_symlink()


def _state(manifest: Manifest) -> Finding:
    """Every row is read, and its checksum with it."""
    from imgur_sync.model.synced import IntentStatus
    from imgur_sync.state.lock import FileLock
    from imgur_sync.state.store import find_store

    path = manifest.state_path
    try:
        store = find_store(path, lineage=manifest.lineage, read_only=True)
        if store is None:
            return fine("state", f"{path}: none yet; the first apply makes it")
        with store:
            albums = store.albums()
            pictures = sum(1 for album in albums for _ in store.pictures(album.key))
            doubts = len(store.intents(IntentStatus.OPEN, IntentStatus.SUSPECT))
        holder = FileLock(path.with_name("run.lock")).holder()
    except ImgurSyncError as error:
        remedy = error.hint or "if it is beyond repair: imgur-sync state rebuild"
        return problem("state", error.message, remedy, _UNREADABLE)
    told = f"{path}: {plural(len(albums), 'album')}, {plural(pictures, 'picture')}, all of it readable"
    told += f"; a run is under way ({holder})" if holder else ""
    if doubts and not holder:
        what = f"{told}; {plural(doubts, 'request')} of an earlier run in doubt"
        return warning("state", what, "the next apply finds out what became of it: imgur-sync apply")
    return fine("state", told)


def _permissions(manifest: Manifest | None) -> Iterator[Finding]:
    """Folders that are there: ours, writable for us and for nobody else. Files of tokens: for our eyes only."""
    try:
        folders = directories(os.environ)
    except ImgurSyncError as error:
        yield problem("permissions", error.message, error.hint)
        return
    private = [folders.state, folders.config, folders.state / "tokens"]
    private += [manifest.state_path.parent] if manifest is not None else []
    wrong = False
    for folder in private:
        for found in _folder_mode(folder):
            wrong = True
            yield found
    tokens = folders.state / "tokens"
    for file in sorted(tokens.iterdir()) if tokens.is_dir() and os.access(tokens, os.R_OK | os.X_OK) else []:
        mode = file.lstat().st_mode
        if not stat.S_ISREG(mode) or stat.S_IMODE(mode) & 0o077:
            wrong = True
            what = f"{file} is open to other users, or is no plain file (mode {stat.S_IMODE(mode):04o})"
            yield problem("permissions", what, f"chmod 600 {sentence(str(file))}", ExitCode.CREDENTIALS)
    for found in _secret_files():
        yield found
    if not wrong:
        yield fine("permissions", f"state in {folders.state}, configuration in {folders.config}: yours alone to change")


def _secret_files() -> Iterator[Finding]:
    """The files that the environment names for secrets, where others can read them."""
    for name in given_variables():
        if not name.endswith("_FILE") or name.endswith("CLIENT_ID_FILE"):
            continue
        with suppress(OSError, ValueError):  # what cannot be had at all is told where it is needed
            mode = stat.S_IMODE(os.stat(os.environ[name]).st_mode)
            if mode & 0o077:
                what = f"the file that {name} names can be read by other users (mode {mode:04o})"
                yield warning("permissions", what, f"chmod 600 it, unless nobody else gets there: {os.environ[name]}")


def _folder_mode(folder: Path) -> Iterator[Finding]:
    try:
        status = folder.stat()
    except FileNotFoundError:
        return  # made when it is needed
    except OSError as error:
        yield problem("permissions", f"{folder}: {error.strerror}", "name another with IMGUR_SYNC_STATE_DIR")
        return
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid not in (os.geteuid(), 0):
        yield problem("permissions", f"{folder} belongs to another user", f"chown it, or use another: {folder}")
    elif mode & 0o022:
        what = f"{folder} can be changed by other users (mode {mode:04o})"
        yield problem("permissions", what, f"chmod go-w {sentence(str(folder))}")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield problem("permissions", f"{folder} cannot be written by you", f"chmod u+rwX {sentence(str(folder))}")


def _disk(manifest: Manifest | None) -> Iterator[Finding]:
    """Where the ledger and the state lie; a full disk stops a run before it sends anything."""
    try:
        places = [directories(os.environ).state]
    except ImgurSyncError:
        return  # told already
    places += [manifest.state_path.parent] if manifest is not None else []
    seen: set[int] = set()
    for place in places:
        there = next((folder for folder in (place, *place.parents) if folder.exists()), Path("/"))
        device = there.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(there).free
        told = f"{size(free)} free where {place} lies"
        if free < _NOTHING:
            yield problem("disk", told, "make room: what was received could not be recorded")
        elif free < _LITTLE:
            yield warning("disk", told, "make some room")
        else:
            yield fine("disk", told)
