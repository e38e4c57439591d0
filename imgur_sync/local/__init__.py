"""Folders: scan, media types, ignore rules, reading of one file into the bytes to send."""
