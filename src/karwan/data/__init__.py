"""Named, hashed, versioned fact tables, each with its schema and licence."""
