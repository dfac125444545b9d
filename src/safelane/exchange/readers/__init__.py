"""Readers: one per format, run inside the reading process only."""
