"""Draws what others decided: the signed record in, paper out."""
