"""E-mail out with a PDF/A and the data, answers fetched from a mailbox and read with care."""
