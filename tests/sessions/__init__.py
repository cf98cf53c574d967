"""Tests of the visit: its life, its gates, its discharge and its closing."""
