"""What was promised: the ledger asked, counted, and told on two pages."""
