"""Imports and exports of every part: files read safely, mapped, checked, written."""
