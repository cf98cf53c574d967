"""The worker, and its mail server for tests."""
