"""Tests of probes over time, most of them in virtual time."""
