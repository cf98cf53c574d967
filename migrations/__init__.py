"""Numbered migrations; they only ever add."""
