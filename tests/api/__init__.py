"""`from milvusconn_cli import connections`, as a program uses it."""
