"""Bodies of REST messages by media type: a JSON-like value there and back, and the check of it."""
