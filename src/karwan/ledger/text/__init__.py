"""Reading a text: sentences, clauses, names, and the statements they make."""
