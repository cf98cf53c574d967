"""Tests of the clinic: how policy is read, and what a practice profile asks."""
