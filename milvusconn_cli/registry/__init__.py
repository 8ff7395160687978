"""The aliases: their file, its text, edits, and what is known of an alias without a probe."""
