"""Labels: the coloured tags of a board."""
