"""The tamper-evident history: one hash chain per organisation."""
