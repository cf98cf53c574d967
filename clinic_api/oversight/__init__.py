"""What shows only across floors: whether the record is unbroken, what is to be done, who looked at what."""
