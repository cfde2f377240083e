"""Plugins that every test may use."""

pytest_plugins = [
    "pytester",
    "tests.application",
    "tests.effort",
    "tests.servers.fixtures",
    "tests.servers.report",
]
