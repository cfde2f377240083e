"""What people install is whole, and the environment it is made in is reproducible."""
