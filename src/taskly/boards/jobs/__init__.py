"""What boards have to do with jobs: who may see them, and the newest one on a card's face."""
