"""What is known about the world, as typed tables loaded on demand."""
