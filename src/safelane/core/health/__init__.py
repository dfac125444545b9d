"""Is this installation well: request ids, and the `/health` answer."""
