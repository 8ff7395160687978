"""One process that answers for all aliases over HTTP. Knows no command line.

Only this package imports aiohttp and prometheus_client, which the extra `serve` installs.
"""
