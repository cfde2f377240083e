"""Measurements of Taskly against bare baselines, as ratios taken side by side in one run."""
