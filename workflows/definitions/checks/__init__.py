"""What is looked for in a document that has the right shape: each module one kind of fault, step by step."""
