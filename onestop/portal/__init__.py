"""What citizens see: finding, doing and following a service."""
