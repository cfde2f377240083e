"""Claims ready jobs, runs each in a process of its own, and never loses one."""
