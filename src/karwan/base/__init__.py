"""What every room stands on: errors, units, schema, provenance, geography, stores."""
