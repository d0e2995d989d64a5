"""Leaf helpers without models: nothing here imports another package of the project."""
