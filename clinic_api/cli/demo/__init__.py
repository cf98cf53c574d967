"""One whole clinic day, driven over HTTP against a server of its own."""
