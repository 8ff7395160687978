"""Tests of settings and URIs."""
