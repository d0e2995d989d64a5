"""Tests of decision tables and models."""
