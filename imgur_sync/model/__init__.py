"""Values and ports that all rooms share. Standard library only; no behaviour beyond arithmetic on the values."""
