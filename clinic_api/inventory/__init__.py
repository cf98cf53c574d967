"""The ledger of drug: containers, moves, counts, wastes; conserves micrograms."""
