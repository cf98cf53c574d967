"""Letting people in, proving who they are, and giving them what they may do."""
