"""Connections of other programs, read as aliases: one source a file."""
