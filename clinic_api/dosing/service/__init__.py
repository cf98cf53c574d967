"""Acts on a dose."""
