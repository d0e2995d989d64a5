"""What belongs to a person at the portal: their sign-ins, and how they are kept."""
