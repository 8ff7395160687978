"""Probes over time: waiting, pinging, watching. Knows no command line.

Time is the event loop's: the loops here sleep with asyncio and read `loop.time()`, so that a loop
with a clock of its own runs an hour of them in a moment.
"""
