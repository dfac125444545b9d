"""The rules of the country pack, asked of one report as of a hundred thousand."""
