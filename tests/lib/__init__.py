"""Tests of the leaf helpers and of the design system."""
