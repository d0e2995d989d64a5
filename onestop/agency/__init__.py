"""What caseworkers and integrators see."""
