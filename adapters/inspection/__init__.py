"""What a contract asks for, listed for people and programs: operations, fields, types, code lists."""
