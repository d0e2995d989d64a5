"""Tests of what an integrator uses to bring a system in."""
