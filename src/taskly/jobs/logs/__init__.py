"""What jobs wrote: stored in chunks, read by offset."""
