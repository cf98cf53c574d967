"""Who must do what by when; closed only by the floor that opened it."""
