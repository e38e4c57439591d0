"""The daemon: waits for changes, looks, and has albums made equal to their folders, for ever."""
