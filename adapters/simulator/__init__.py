"""An agency made from its contract: it checks what it is sent, answers as the contract says, and can fail."""
