"""The fault lab: every way in which a connection fails that can be made on one machine, as data.

Each fault is set up for real: by real Milvus, by real software of other kinds, or by a listener
that does one thing wrong. `LAB` lists them; the tests ask milvusconn about each, the benchmark
`contrast.py` asks pymilvus too.
"""

from tests.lab import (  # noqa: F401 -- each puts its faults into the lab
    config,
    foreign,
    local,
    milvus,
    names,
    proxies,
    tcp,
    tls,
)
from tests.lab.fault import LAB, Client, Fault, Inside

__all__ = ["LAB", "Client", "Fault", "Inside"]
