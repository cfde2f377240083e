"""Finds cards, comments, boards and jobs by parts of words, in any script, on any database."""
