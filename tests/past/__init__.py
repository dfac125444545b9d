"""What was known when: an independent model, and random histories against it."""
