"""Reports, not edits: the stages through which every change arrives."""
