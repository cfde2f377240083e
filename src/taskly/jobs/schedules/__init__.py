"""Rules that submit jobs: cron, interval or once, in a time zone."""
