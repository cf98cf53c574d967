"""Backend of an infusion clinic: controlled-substance ledger and monitored sessions as one record."""
