"""Boards that come from elsewhere: an export is read, put into our terms and written as one change."""
