"""Pages on accidents, reports, victims and statistics."""
