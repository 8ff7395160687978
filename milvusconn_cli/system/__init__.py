"""What the operating system gives: threads, file locks, atomic writes, the environment."""
