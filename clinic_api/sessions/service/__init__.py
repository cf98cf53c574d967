"""The acts of a visit, from check-in to the second signature. This floor alone knows states, so it alone conducts."""
