"""People counted by two features, small numbers hidden."""
