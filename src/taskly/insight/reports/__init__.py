"""Reports of a board as files."""
