"""Servers that the tests run against: real Milvus, real Milvus Lite, and their certificates."""
