"""Where to connect, as whom and how: URIs, settings, TLS files."""
