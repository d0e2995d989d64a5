"""The portal: settings, URLs, the command line, and what people see and call."""
