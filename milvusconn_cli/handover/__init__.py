"""A connection's settings as other programs take them: arguments, variables, text to paste."""
