"""sync.toml: read, checked, written."""
