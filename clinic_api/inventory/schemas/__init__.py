"""Shapes of the ledger on the wire."""
