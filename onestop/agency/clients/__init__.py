"""Where agencies get clients of the portal's API: registered, tried, approved, changed, stopped."""
