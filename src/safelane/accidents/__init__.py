"""Accidents and victims: the most protected store."""
