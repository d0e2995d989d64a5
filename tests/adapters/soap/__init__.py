"""The SOAP kind beyond what every adapter must do: versions, addressing, attachments, later answers."""
