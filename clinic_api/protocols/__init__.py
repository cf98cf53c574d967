"""Protocols: versioned clinical rules, read from what the medical director signed."""
