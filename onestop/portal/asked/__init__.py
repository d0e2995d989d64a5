"""What a case asks later: further questions to its people, and links for people without an account."""
