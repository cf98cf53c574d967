"""Tests of what the pump did and what the patient got."""
