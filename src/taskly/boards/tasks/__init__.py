"""Cards as the tasks of a person, from all boards that they take part in."""
