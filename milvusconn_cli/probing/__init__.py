"""A target in, a report out: the probe, the diagnosis, and many at once. Knows no registry."""
