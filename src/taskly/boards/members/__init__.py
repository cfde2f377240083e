"""Who takes part in a board: members, roles, ownership, share links."""
