"""Cards: making, editing, moving, copying, putting away and bringing back."""
