"""WS-Security: what it signs, what it believes, and every trick it must refuse."""
