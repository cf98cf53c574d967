"""Rules about patients, by noun."""
