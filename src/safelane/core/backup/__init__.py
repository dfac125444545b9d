"""One archive with everything an installation owns, for either database."""
