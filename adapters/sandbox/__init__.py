"""The fictional agencies of Aurelia, speaking their real protocols on loopback ports."""
