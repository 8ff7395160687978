"""Each cause, on real servers."""
