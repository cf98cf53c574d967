"""What is due and when, messages that wait to be sent, and the one port they leave by."""
