"""Tests of the prescriber's order."""
