"""`karwan ledger`: its commands, what goes in, what comes out, and the reading of texts."""
