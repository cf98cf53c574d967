"""The prescriber's order: what was signed, how the dose follows from it, and what is questioned."""
