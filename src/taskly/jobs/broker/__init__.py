"""Waking workers through a broker. The row of a job is the truth: a message says that a queue has work, not which."""
