"""Messages: what is due, the outbox, and the mail server."""
