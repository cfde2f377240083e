"""Long and rough runs."""
