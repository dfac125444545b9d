"""The file store: content-addressed, checked by type and size, private by default."""
