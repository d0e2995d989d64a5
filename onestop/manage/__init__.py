"""The administrators' rooms: what the portal is made of, changed in the browser."""
