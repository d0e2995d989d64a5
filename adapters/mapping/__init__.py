"""Canonical values to an agency's and back, as data: ``mapping.toml`` compiled once to closures."""
