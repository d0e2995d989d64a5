"""The staff's rooms, as each kind of person meets them."""
