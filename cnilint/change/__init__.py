"""What changes: settings beyond the stock manifest, differences, upgrades, other forms."""
