"""CQL2 text: reading it, and turning it into conditions on rows."""
