"""Settings that no client could use: nothing is dialled."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.lab.bench import Bench
from tests.lab.fault import Client, Fault, Meeting, fault, put

NOWHERE = "http://127.0.0.1:1"
"""Never dialled: the settings give way before."""

_URIS = (
    # name, URI, words of the summary, words of the advice
    ("no-scheme", "localhost:19530", (), ("http://localhost:19530",)),
    ("scheme-without-colon", "https//localhost", (), ("https://localhost",)),
    ("empty-host", "http://", (), ()),
    ("placeholder-host", "http://{host}:19530", (), ()),
    ("port-0", "http://localhost:0", ("port",), ()),
    ("port-65536", "http://localhost:65536", ("65536",), ()),
    ("port-in-letters", "http://localhost:abc", ("abc",), ()),
    ("unknown-scheme", "ftp://localhost", ("ftp",), ()),
    ("bare-ipv6", "http://::1:19530", (), ("http://[::1]:19530",)),
)


def _uri(uri: str) -> Meeting:
    @contextmanager
    def meet(_bench: Bench) -> Iterator[Client]:
        yield Client(toml=f"uri = {json.dumps(uri)}", pymilvus={"uri": uri})

    return meet


for _name, _text, _says, _advises in _URIS:
    put(
        Fault(
            f"uri-{_name}", f"the URI is `{_text}`", _uri(_text), "config-uri", 78, "config",
            says=_says, advises=_advises,
        )
    )  # fmt: skip


@fault("config-uri", 78, "config", says="plaintext", advises="https://")
def ca_beside_http(bench: Bench) -> Iterator[Client]:
    """A CA is given for a plaintext URI."""
    ca = json.dumps(str(bench.authority.ca_file))
    yield Client(
        toml=f'uri = "{NOWHERE}"\ntls = {{ ca = {ca} }}',
        pymilvus={"uri": NOWHERE, "server_pem_path": str(bench.authority.ca_file)},
    )


# PEM


def _pem(**files: str) -> dict[str, Any]:
    """The alias with these TLS files, and the same for pymilvus."""
    lines = ", ".join(f"{name} = {json.dumps(path)}" for name, path in files.items())
    named = {"ca": "server_pem_path", "cert": "client_pem_path", "key": "client_key_path"}
    uri = "https://127.0.0.1:1"
    kwargs = {"uri": uri, **{named[name]: path for name, path in files.items()}}
    if "cert" in files or "key" in files:
        kwargs.setdefault("ca_pem_path", files.get("ca", files.get("cert", files.get("key", ""))))
    return {"toml": f'uri = "{uri}"\ntls = {{ {lines} }}', "pymilvus": kwargs}


@fault("config-pem", 78, "config", says="key is missing", advises="--key")
def cert_without_key(bench: Bench) -> Iterator[Client]:
    """A client certificate without its key."""
    yield Client(**_pem(cert=str(bench.authority.issue("client.test").cert)))


@fault("config-pem", 78, "config", says="certificate is missing", advises="--cert")
def key_without_cert(bench: Bench) -> Iterator[Client]:
    """A client's key without its certificate."""
    yield Client(**_pem(key=str(bench.authority.issue("client.test").key)))


@fault("config-pem", 78, "config", says="does not match the certificate")
def key_of_another_certificate(bench: Bench) -> Iterator[Client]:
    """A key that belongs to another certificate."""
    ours, other = bench.authority.issue("client.test"), bench.authority.issue("other.test")
    ca = str(bench.authority.ca_file)
    yield Client(**_pem(ca=ca, cert=str(ours.cert), key=str(other.key)))


@fault("config-pem", 78, "config", says="cannot be read")
def ca_file_missing(bench: Bench) -> Iterator[Client]:
    """The CA file is not there."""
    yield Client(**_pem(ca=str(bench.directory() / "nowhere.pem")))


@fault("config-pem", 78, "config", says="contains no PEM certificate")
def ca_in_der(bench: Bench) -> Iterator[Client]:
    """The CA file is DER, not PEM."""
    path = bench.directory() / "ca.der"
    path.write_bytes(bytes(range(256)))
    yield Client(**_pem(ca=str(path)))


@fault("config-pem", 78, "config", says="contains no PEM certificate")
def key_in_place_of_ca(bench: Bench) -> Iterator[Client]:
    """The CA file holds a key."""
    yield Client(**_pem(ca=str(bench.authority.issue("client.test").key)))


@fault("config-pem", 78, "config", says="is broken")
def ca_cut_short(bench: Bench) -> Iterator[Client]:
    """The CA file ends in the middle."""
    path = bench.directory() / "cut.pem"
    whole = bench.authority.ca_file.read_text()
    path.write_text(whole[: len(whole) // 2])
    yield Client(**_pem(ca=str(path)))


@fault("config-pem", 78, "config", says="encrypted", advises="openssl pkey")
def key_with_passphrase(bench: Bench) -> Iterator[Client]:
    """The key is encrypted."""
    path = bench.directory() / "encrypted.pem"
    path.write_text(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nbm90aGluZw==\n-----END ENCRYPTED PRIVATE KEY-----\n"
    )
    cert = bench.authority.issue("client.test").cert
    yield Client(**_pem(ca=str(bench.authority.ca_file), cert=str(cert), key=str(path)))


# Secrets


def _secret(option: str, reference: str) -> Client:
    user = ("--user", "root") if option == "--password" else ()
    return Client(("--uri", NOWHERE, *user, option, reference))


def _secret_fault(option: str, reference: str) -> Meeting:
    @contextmanager
    def meet(_bench: Bench) -> Iterator[Client]:
        yield _secret(option, reference)

    return meet


_SECRETS = (
    ("variable-not-set", "the password's variable is not set", "--password", "env:LAB_NOT_SET",
     "not set"),
    ("file-missing", "the password's file is not there", "--password", "file:/nowhere/password",
     "cannot be read"),
    ("command-failing", "the password's command fails", "--password", "command:false",
     "exit code 1"),
    ("command-missing", "the password's command does not exist", "--password",
     "command:/nowhere/pass show milvus", "cannot be run"),
    ("command-silent", "the token's command prints nothing", "--token", "command:true", "empty"),
)  # fmt: skip

for _name, _what, _option, _reference, _words in _SECRETS:
    put(
        Fault(
            f"secret-{_name}", _what, _secret_fault(_option, _reference), "config-secret", 78,
            "config", says=(_words,),
        )
    )  # fmt: skip


@fault("config-secret", 78, "config", says="not UTF-8")
def secret_file_of_bytes(bench: Bench) -> Iterator[Client]:
    """The token's file is no text."""
    path = bench.directory() / "token"
    path.write_bytes(b"\xff\xfe\x00")
    yield _secret("--token", f"file:{path}")


@fault("config-secret", 78, "config", says="in time", limit=1.0)
def secret_command_that_hangs(_bench: Bench) -> Iterator[Client]:
    """The token's command hangs."""
    yield _secret("--token", "command:sleep 600")


_TWO_CREDENTIALS = f'uri = "{NOWHERE}"\nuser = "a"\npassword = "b"\ntoken = "c"'
_FILES = (
    ("uri-missing", "the alias has no URI", 'db = "x"'),
    ("timeout-as-text", "the alias's timeout is text", 'uri = "http://localhost"\ntimeout = "5"'),
    ("user-twice", "credentials are given twice", 'uri = "http://a:b@localhost"\nuser = "c"'),
    ("token-and-user", "a token and a user are given", _TWO_CREDENTIALS),
)  # fmt: skip


def _file(lines: str) -> Meeting:
    @contextmanager
    def meet(_bench: Bench) -> Iterator[Client]:
        yield Client(toml=lines)

    return meet


# A file that is no TOML at all is an error of the whole command, and has no row for an alias.
for _name, _what, _lines in _FILES:
    put(Fault(f"file-{_name}", _what, _file(_lines), "config-file", 78, "config"))
