"""Proof of the ledger: a model of it, seeded bugs, forbidden statements, every constraint, and two people."""
