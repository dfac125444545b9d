"""Vector tiles (MVT 2.1) of every published collection, scoped before encoding."""
