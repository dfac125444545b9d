"""Plain records: written with policy, checks and history, never deleted."""
