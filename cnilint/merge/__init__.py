"""A file's choices in the text of another release's manifest or values, which keeps its layout."""
