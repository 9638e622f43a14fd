"""Traffic as a sensor records it: conversations of one machine at home, written as a file of packets (pcap)."""

import ssl
import struct
from collections.abc import Iterable, Iterator
from ipaddress import ip_address

HOME, HOME_6 = "192.0.2.10", "2001:db8:1::10"
ELSEWHERE = "192.0.2.200"

_RAW_IP = 101
_TCP, _UDP = 6, 17
_SYN, _ACK, _PUSH = 0x02, 0x10, 0x08


def recorded(packets: Iterable[bytes]) -> bytes:
    """The packets as a pcap file, a millisecond apart."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, _RAW_IP)
    lines = (
        struct.pack("<IIII", 1_780_000_000, 1000 * number, len(packet), len(packet)) + packet
        for number, packet in enumerate(packets)
    )
    return head + b"".join(lines)


def datagram(to: str, data: bytes = b"x", port: int = 9, of: int = 40000) -> bytes:
    """One packet of UDP from home."""
    return _ip(HOME_6 if ":" in to else HOME, to, _UDP, struct.pack("!HHHH", of, port, 8 + len(data), 0) + data)


def name_asked_for(name: str, of: int) -> bytes:
    """A question to a resolver."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return datagram(ELSEWHERE, struct.pack("!HHHHHH", of, 0x0100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1", 53, of)


def page_asked_for(host: str, path: str, of: int) -> Iterator[bytes]:
    """A request for a page, without encryption."""
    return _conversation(80, of, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: x\r\n\r\n".encode())


def greeted(host: str, of: int) -> Iterator[bytes]:
    """The beginning of TLS with a host, as a client greets it."""
    outgoing = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=host)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return _conversation(443, of, outgoing.read())
    raise AssertionError("nobody answered")


def _conversation(port: int, of: int, sent: bytes) -> Iterator[bytes]:
    """A connection from home that is opened, sends this, and is told that it arrived."""
    there, here = 5000, 1000
    yield _segment(HOME, ELSEWHERE, of, port, here, 0, _SYN)
    yield _segment(ELSEWHERE, HOME, port, of, there, here + 1, _SYN | _ACK)
    yield _segment(HOME, ELSEWHERE, of, port, here + 1, there + 1, _ACK)
    yield _segment(HOME, ELSEWHERE, of, port, here + 1, there + 1, _ACK | _PUSH, sent)
    yield _segment(ELSEWHERE, HOME, port, of, there + 1, here + 1 + len(sent), _ACK)


def _segment(one: str, other: str, of: int, to: int, number: int, seen: int, flags: int, data: bytes = b"") -> bytes:
    return _ip(one, other, _TCP, struct.pack("!HHIIBBHHH", of, to, number, seen, 5 << 4, flags, 65535, 0, 0) + data)


def _ip(one: str, other: str, protocol: int, data: bytes) -> bytes:
    ends = ip_address(one).packed + ip_address(other).packed
    if ":" in other:
        return struct.pack("!IHBB", 6 << 28, len(data), protocol, 64) + ends + data
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 1, 0, 64, protocol, 0) + ends + data
