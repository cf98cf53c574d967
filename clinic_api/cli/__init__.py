"""Commands: founding, migrating, verifying, working, demonstrating."""
