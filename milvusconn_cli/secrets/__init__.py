"""References to secrets, and how each is resolved."""
