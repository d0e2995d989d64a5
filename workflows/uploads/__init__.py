"""Files from people: told by their bytes, within limits, scanned, and served so that no browser opens one."""
