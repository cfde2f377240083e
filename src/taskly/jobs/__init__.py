"""Machine work: job rows, the engine that runs them, their logs, files, queues and schedules."""
