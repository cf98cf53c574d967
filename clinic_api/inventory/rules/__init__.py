"""The rules of the ledger: what may be received, drawn, wasted and counted, and how a book closes."""
