"""The rules of watching a patient: what a reading may be, when it is due, when it alarms, how a scale scores."""
