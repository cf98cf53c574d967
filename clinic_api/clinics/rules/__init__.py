"""The rules of a clinic: how policy content is read, and what a practice profile asks of people."""
