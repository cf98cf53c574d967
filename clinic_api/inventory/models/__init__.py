"""Rows of the ledger."""
