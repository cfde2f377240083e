"""People: accounts, log-in, sessions, and who is acting."""
