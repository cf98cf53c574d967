"""Rules of appointments, by noun."""
