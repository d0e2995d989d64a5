"""What the provider answers: pages for people and endpoints for clients."""
