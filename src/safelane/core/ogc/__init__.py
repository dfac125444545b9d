"""OGC API Features over the same scope and precision as every other door."""
