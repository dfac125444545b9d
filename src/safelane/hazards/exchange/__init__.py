"""Hazards, evidence, ordnance, admin areas and places: in from files, and out."""
