"""A plain record for tests, installed by SAFELANE_TEST_APPS."""
