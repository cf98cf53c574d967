"""Entries, accesses, seals and checkpoints: what happened, who looked, and the proof that nothing was changed."""
