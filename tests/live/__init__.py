"""Sockets as clients see them, against a real server on a real port."""
