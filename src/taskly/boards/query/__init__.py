"""The query language for cards: text to a typed tree, and the tree to conditions."""
