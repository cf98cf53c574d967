"""The rules of dosing: what the pump did, how much was given, what is still in the line, and whether a case closes."""
