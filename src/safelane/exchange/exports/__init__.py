"""From the register to files, at the precision of whoever asks."""
