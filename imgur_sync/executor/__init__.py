"""Observes through ports and runs plans, one recorded step at a time."""
