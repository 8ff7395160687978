"""`python -m milvusconn_cli`, the same program as `milvusconn`."""

from milvusconn_cli.entry import run

if __name__ == "__main__":
    run()
