"""The whole record of a visit as plain values: what is signed, frozen, and printed for ever."""
