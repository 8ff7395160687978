"""The pytest plugin, run by a pytest of its own."""
