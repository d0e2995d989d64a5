"""How an agency gets a client of the portal's API: keys, registration, approval, suspension."""
