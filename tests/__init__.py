"""What milvusconn promises, tried against real listeners and real Milvus servers."""
