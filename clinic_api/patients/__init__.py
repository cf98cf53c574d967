"""Who is treated: sealed identities, consents, eligibility facts, and the visits that everything hangs on."""
