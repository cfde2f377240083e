"""Promises that hold for every route, table and text."""
