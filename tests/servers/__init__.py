"""Real PostgreSQL, MariaDB and Valkey for tests: own data, own port, stopped at the end."""
