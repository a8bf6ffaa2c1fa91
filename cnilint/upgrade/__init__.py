"""What another release changes for a file: its settings, the manifest around them, and the way there."""
