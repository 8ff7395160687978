"""Tests of references to secrets."""
