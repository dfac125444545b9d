"""What tests need: an own environment, no network, and the permission tests."""
