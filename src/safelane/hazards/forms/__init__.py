"""Forms of the hazards pages."""
