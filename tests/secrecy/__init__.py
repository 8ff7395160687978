"""No secret is printed."""
