"""The fictional agencies, spoken to over their real protocols."""
