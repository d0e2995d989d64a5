"""Tests of the application pages."""
