"""Builders of test data, one file for each domain."""
