"""Taskly: boards for people, jobs for machines."""

__version__ = "0.1.0"
