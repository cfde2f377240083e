"""Tests of what can be learnt from boards and jobs."""
