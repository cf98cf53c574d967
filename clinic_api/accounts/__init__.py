"""People, credentials, tokens, tablets, roles, permissions, and the one door."""
