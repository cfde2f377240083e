"""The kind `container`: a program in a container of the Docker engine, shut in on all sides."""
