"""What a surface sets beyond the stock manifest of its release, whatever form it has."""
