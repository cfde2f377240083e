"""The history of the database's shape; ships with the package."""
