"""Record in, drawing out: no query, no clock, no setting."""
