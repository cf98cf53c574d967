"""The one door: act, look, signed_out."""
