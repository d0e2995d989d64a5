"""X-Road through a security server that checks what it is sent."""
