"""Shapes of sessions on the wire."""
