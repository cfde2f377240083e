"""Boards, lists and cards, and everything that hangs on them."""
