"""Models for testing the geometry field, installed by SAFELANE_TEST_APPS."""
