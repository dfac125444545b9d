"""Languages: those that Django lacks, locale formats, the choice of a reader."""
