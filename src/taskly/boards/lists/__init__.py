"""Lists: the columns of a board."""
