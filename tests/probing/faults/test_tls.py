"""The lab's faulty servers of TLS."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from tests.probing.faults.checks import LONG, PREFACE, dialled, read_all, stays_silent
from tests.servers import faults
from tests.servers.certificates import Authority, CertificateFiles


@contextlib.contextmanager
def shaken(port: int, authority: Authority, **versions: ssl.TLSVersion) -> Iterator[ssl.SSLSocket]:
    """Dial with TLS as gRPC does: h2 offered, the authority trusted, the name verified.

    A connection that ends without TLS's goodbye raises.
    """
    context = ssl.create_default_context(cafile=str(authority.ca_file))
    context.set_alpn_protocols(["h2"])
    for name, value in versions.items():
        setattr(context, name, value)
    with (
        dialled(port) as raw,
        context.wrap_socket(
            raw, server_hostname="localhost", suppress_ragged_eofs=False
        ) as connection,
    ):
        yield connection


def test_tls_shakes_hands_then_keeps_silent(
    authority: Authority, localhost: CertificateFiles
) -> None:
    """Everything about TLS holds, HTTP/2 is agreed on, and nothing follows."""
    with faults.tls(localhost) as place, shaken(place.port, authority) as connection:
        assert connection.selected_alpn_protocol() == "h2"
        assert stays_silent(connection)


def test_tls_without_alpn(authority: Authority, localhost: CertificateFiles) -> None:
    """The handshake is well, and agrees on no protocol."""
    with faults.tls(localhost, alpn=()) as place, shaken(place.port, authority) as connection:
        assert connection.selected_alpn_protocol() is None


def test_tls_then_http1(authority: Authority, localhost: CertificateFiles) -> None:
    """An HTTPS/1.1 server, that ends with the goodbye TLS asks for ."""
    then = faults.answer_http1(404, "apache")
    with faults.tls(localhost, then=then) as place, shaken(place.port, authority) as connection:
        connection.sendall(PREFACE)

        assert read_all(connection).startswith(b"HTTP/1.1 404 Not Found\r\nServer: apache\r\n")


@pytest.mark.parametrize("then", [faults.hang_up, faults.say(b"hello")])
def test_tls_then_another_behaviour(
    authority: Authority, localhost: CertificateFiles, then: faults.Behaviour
) -> None:
    """What works on a TCP connection works inside TLS."""
    expected = b"" if then is faults.hang_up else b"hello"
    with faults.tls(localhost, then=then) as place, shaken(place.port, authority) as connection:
        assert connection.recv(5) == expected


def test_tls_then_reset(authority: Authority, localhost: CertificateFiles) -> None:
    """RST in the middle of a TLS conversation."""
    cutting = faults.tls(localhost, then=faults.reset)
    with (
        cutting as place,
        shaken(place.port, authority) as connection,
        # Past ssl, which calls a reset an end of file in some versions of Python.
        socket.socket(fileno=connection.detach()) as bare,
    ):
        bare.settimeout(LONG)
        with pytest.raises(ConnectionResetError):
            read_all(bare)


def test_tls_that_wants_a_client_certificate(
    authority: Authority, localhost: CertificateFiles
) -> None:
    """In TLS 1.3 the refusal arrives as an alert after the client's side of the handshake."""
    demanding = faults.tls(localhost, client_ca=authority.ca_file)
    with (
        demanding as place,
        shaken(place.port, authority) as connection,
        pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"),
    ):
        connection.recv(1)


def test_tls_of_another_version(authority: Authority, localhost: CertificateFiles) -> None:
    """A server of TLS 1.2 and a client of 1.3 part with an alert, not with a closed socket."""
    with (
        faults.tls(localhost, maximum=ssl.TLSVersion.TLSv1_2) as place,
        pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"),
        shaken(place.port, authority, minimum_version=ssl.TLSVersion.TLSv1_3),
    ):
        pass


def test_tls_ends_while_a_client_delays_its_hello(localhost: CertificateFiles) -> None:
    """A handshake that never comes does not keep the fault from closing."""
    threads = set(threading.enumerate())
    with faults.tls(localhost) as place:
        held = socket.create_connection((place.host, place.port), timeout=LONG)

    with held:
        assert held.recv(1) == b""
    assert set(threading.enumerate()) <= threads
