"""Tests of readings, alerts, what is due, late entries and scales."""
