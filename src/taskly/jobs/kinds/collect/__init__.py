"""The kind `collect`: records from web sources, page by page, into one file."""
