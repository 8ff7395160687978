"""Tests of what other programs are handed."""
