"""What an agency's system accepts, compiled from WSDL, XSD, OpenAPI or a record layout."""
