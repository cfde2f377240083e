"""Technique shared by every domain; no business noun lives here."""
