"""Kinds of job that work on databases: a query to a file, a backup of Taskly's own, its upkeep."""
