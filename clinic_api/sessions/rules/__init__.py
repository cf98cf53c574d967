"""The rules of a visit: what may happen next, what must be true before a dose, before leaving and before signing."""
