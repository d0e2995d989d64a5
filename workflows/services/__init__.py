"""What people and agencies do with drafts and cases: one module a use case, keyword-only functions."""
