"""Sockets: every committed event to everybody who watches its stream, once and in order."""
