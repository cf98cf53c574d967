"""Column types, transactions, tenants, keys, and what the database itself refuses."""
