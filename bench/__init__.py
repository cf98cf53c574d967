"""How fast the hot paths are: ratios to bare floors, measured side by side in one run."""
