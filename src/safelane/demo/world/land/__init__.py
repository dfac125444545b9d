"""Hazardous areas: strikes, mine belts, suspicions and finished worksites."""
