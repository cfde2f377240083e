"""The log as people read it, and what was put away."""
