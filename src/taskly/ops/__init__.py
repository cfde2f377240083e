"""Running Taskly: health, metrics, the reference of settings."""
