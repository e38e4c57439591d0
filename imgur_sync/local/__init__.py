"""Folders: scan, media types, ignore rules, reading of one file into the bytes to send."""

from imgur_sync.local.folders import Folders

__all__ = ["Folders"]
