"""Date and number formats that Django lacks or that the field writes differently."""
