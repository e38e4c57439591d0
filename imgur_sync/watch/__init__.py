"""The daemon: keeps every album equal to its folder."""
