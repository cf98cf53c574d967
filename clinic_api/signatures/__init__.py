"""Challenges, attestations, signed records: who vouched for what, and with what meaning."""
