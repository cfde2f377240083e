"""Journeys through the web app in Chromium, against a real server process."""
