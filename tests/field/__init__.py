"""Situations that people met in the field, each on the software that it names."""
