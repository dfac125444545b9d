"""Field-level encryption for what must not be read from a stolen database file."""
