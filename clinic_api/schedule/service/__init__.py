"""The acts of the schedule: booking, reminding, and what joins it to visits."""
