"""Bytes under keys: what they mean is known to those who keep the keys."""
