"""Sessions: the visit, its states and gates, from check-in to the locked record."""
