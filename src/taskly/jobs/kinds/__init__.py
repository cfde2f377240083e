"""The kinds of job, a module each."""
