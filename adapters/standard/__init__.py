"""The common data standard: types, JSON Schema, JSON-LD context and reference page."""
