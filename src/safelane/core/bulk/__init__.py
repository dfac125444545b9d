"""Very many rows at once: inserted by column, looked up as one value."""
