"""Tests of the demo's supervisor."""
