"""The ledger: rules, services, routes, and a race."""
