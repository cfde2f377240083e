"""The files that jobs made, as others fetch them."""
