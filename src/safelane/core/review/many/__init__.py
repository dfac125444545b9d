"""The quick way in for very many reports of which each begins a record of its own."""
