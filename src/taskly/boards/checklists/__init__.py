"""Steps to tick off on a card."""
