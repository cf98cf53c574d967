"""Data sets that others published, run against us."""
