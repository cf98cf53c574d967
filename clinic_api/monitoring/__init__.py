"""Monitoring: readings, scales, what is due and what alarms."""
