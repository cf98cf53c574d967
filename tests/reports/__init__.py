"""The session summary on paper."""
