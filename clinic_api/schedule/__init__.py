"""When patients come, in which chair, and how they are reminded."""
