"""A provider and a webhook receiver to try Carrick with, and nothing registered anywhere."""
