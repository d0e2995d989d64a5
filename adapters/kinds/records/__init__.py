"""Fixed-width record files over SFTP, answered by acknowledgement files."""
