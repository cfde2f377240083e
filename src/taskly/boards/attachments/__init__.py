"""Links that hang on cards."""
