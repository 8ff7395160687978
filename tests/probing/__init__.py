"""Tests of probing and diagnosis."""
