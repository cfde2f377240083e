"""The command line as somebody who uses a server: it knows the HTTP API and nothing else of Taskly."""
