"""The two pilots: what their open data files hold and how to read them."""
