"""What can be learnt from boards and jobs."""
