"""Long work with progress, cancel, retry, and resumption after a kill."""
