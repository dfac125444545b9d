"""Rules at entry: pure functions over facts, configured by the country pack."""
