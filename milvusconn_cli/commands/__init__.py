"""The verbs, one a file, each a small function that reads as a sentence.

A verb answers with its exit code, or raises one of `errors.py`. app.py lists them.
"""
