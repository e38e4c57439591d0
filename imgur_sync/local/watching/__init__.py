"""Which folders may have changed: the port `Watcher` on a real file system."""

from imgur_sync.local.watching.posts import Pace
from imgur_sync.local.watching.watcher import FolderWatcher

__all__ = ["FolderWatcher", "Pace"]
