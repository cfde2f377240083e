"""The technique below every domain."""
