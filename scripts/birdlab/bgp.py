"""A BGP speaker (RFC 4271, 4760, 6793, 8092, 9234) that announces what a scenario says and keeps what it gets."""

import ipaddress
import socket
import struct
import threading
import time

OPEN, UPDATE, NOTIFICATION, KEEPALIVE, ROUTE_REFRESH = range(1, 6)
ORIGINS = ("IGP", "EGP", "Incomplete")
TCP_MD5SIG = 14  # of Linux; Python has no name for it
HOLD_TIME = 240


def sorted_communities(communities):
    return sorted(communities, key=lambda text: [int(part) for part in text.split(":")])


def numbers(text):
    return [int(part) for part in text.split(":")]


def pack_prefix(text):
    net = ipaddress.ip_network(text)
    return bytes([net.prefixlen]) + net.network_address.packed[: (net.prefixlen + 7) // 8]


def unpack_prefixes(data, family):
    prefixes, at, size = [], 0, 4 if family == 4 else 16
    while at < len(data):
        length, taken = data[at], (data[at] + 7) // 8
        address = data[at + 1 : at + 1 + taken].ljust(size, b"\0")
        prefixes.append(f"{ipaddress.ip_address(address)}/{length}")
        at += 1 + taken
    return prefixes


def attribute(code, flags, value):
    if len(value) > 255:
        return struct.pack(">BBH", flags | 0x10, code, len(value)) + value
    return struct.pack(">BBB", flags, code, len(value)) + value


def pack_path(path):
    """Segments (RFC 4271, 4.3): a list in the path is an AS_SET. No segment is longer than its length can say."""
    segments = []
    for element in path:
        kind, asns = (1, element) if isinstance(element, list) else (2, [element])
        if kind == 2 and segments and segments[-1][0] == 2 and len(segments[-1][1]) < 255:
            segments[-1][1].append(element)
        else:
            segments.append((kind, asns))
    return b"".join(struct.pack(f">BB{len(asns)}I", kind, len(asns), *asns) for kind, asns in segments)


def pack_update(family, route):
    next_hop = ipaddress.ip_address(route["next_hop"]).packed
    attributes = attribute(1, 0x40, b"\0") + attribute(2, 0x40, pack_path(route["as_path"]))
    if family == 4:
        attributes += attribute(3, 0x40, next_hop)
    if route.get("communities"):
        value = b"".join(struct.pack(">HH", *numbers(text)) for text in route["communities"])
        attributes += attribute(8, 0xC0, value)
    if family == 6:
        head = struct.pack(">HBB", 2, 1, len(next_hop))
        attributes += attribute(14, 0x80, head + next_hop + b"\0" + pack_prefix(route["prefix"]))
    if route.get("large_communities"):
        value = b"".join(struct.pack(">III", *numbers(text)) for text in route["large_communities"])
        attributes += attribute(32, 0xC0, value)
    if "otc" in route:
        attributes += attribute(35, 0xC0, struct.pack(">I", route["otc"]))
    nlri = pack_prefix(route["prefix"]) if family == 4 else b""
    return struct.pack(">HH", 0, len(attributes)) + attributes + nlri


def pack_withdrawal(family, prefix):
    packed = pack_prefix(prefix)
    if family == 4:
        return struct.pack(">H", len(packed)) + packed + struct.pack(">H", 0)
    value = attribute(15, 0x80, struct.pack(">HB", 2, 1) + packed)
    return struct.pack(">HH", 0, len(value)) + value


def read_path(value):
    path, at = [], 0
    while at < len(value):
        kind, count = value[at], value[at + 1]
        asns = struct.unpack_from(f">{count}I", value, at + 2)
        path += asns if kind == 2 else [sorted(asns)]
        at += 2 + 4 * count
    return path


def read_update(message):
    """The prefixes withdrawn, those announced, and the attributes of the latter."""
    withdrawn_length = struct.unpack_from(">H", message)[0]
    at = 2 + withdrawn_length
    withdrawn = unpack_prefixes(message[2:at], 4)
    length = struct.unpack_from(">H", message, at)[0]
    at += 2
    end, announced = at + length, []
    route = {"as_path": [], "communities": [], "large_communities": []}
    while at < end:
        flags, code = message[at], message[at + 1]
        if flags & 0x10:
            size, at = struct.unpack_from(">H", message, at + 2)[0], at + 4
        else:
            size, at = message[at + 2], at + 3
        value, at = message[at : at + size], at + size
        if code == 1:
            route["origin"] = ORIGINS[value[0]]
        elif code == 2:
            route["as_path"] = read_path(value)
        elif code == 3:
            route["next_hop"] = str(ipaddress.ip_address(value))
        elif code == 8:
            route["communities"] = sorted_communities(
                ":".join(map(str, part)) for part in struct.iter_unpack(">HH", value)
            )
        elif code == 14:
            route["next_hop"] = str(ipaddress.ip_address(value[4:20]))
            announced += unpack_prefixes(value[5 + value[3] :], 6)
        elif code == 15:
            withdrawn += unpack_prefixes(value[3:], 6)
        elif code == 32:
            route["large_communities"] = sorted_communities(
                ":".join(map(str, part)) for part in struct.iter_unpack(">III", value)
            )
        elif code == 35:
            route["otc"] = struct.unpack(">I", value)[0]
    return withdrawn, announced + unpack_prefixes(message[end:], 4), route


def role_in(message):
    """The role in an OPEN (RFC 9234, 4.1), if it has one."""
    at, end = 10, len(message)
    while at + 2 <= end:
        kind, size = message[at], message[at + 1]
        value, at = message[at + 2 : at + 2 + size], at + 2 + size
        inner = 0
        while kind == 2 and inner + 2 <= len(value):
            if value[inner] == 9:
                return value[inner + 2]
            inner += 2 + value[inner + 1]
    return None


def expanded(announcements):
    """`count` stands for that many prefixes of the same length, counted upwards."""
    for announcement in announcements:
        net = ipaddress.ip_network(announcement["prefix"])
        step = 1 << (net.max_prefixlen - net.prefixlen)
        for index in range(announcement.get("count", 1)):
            address = net.network_address + index * step
            yield {**announcement, "prefix": f"{address}/{net.prefixlen}"}


class Speaker(threading.Thread):
    """A peer of the router, which connects until its session is up or known to stay down."""

    def __init__(self, peer, router, family, gate, deadline):
        super().__init__(daemon=True)
        self.peer, self.router, self.family = peer, router, family
        self.gate, self.deadline = gate, deadline
        self.state, self.notification, self.stopped = "connecting", None, False
        self.role = None  # the router's
        self.received, self.updates, self.socket = {}, 0, None
        self.sending = threading.Lock()
        announcements = expanded(peer.get("announcements", []))
        self.announced = {route["prefix"]: self.completed(route) for route in announcements}

    def completed(self, route):
        return {"as_path": [self.peer["asn"]], "next_hop": self.peer["address"], **route}

    def send(self, kind, body=b""):
        with self.sending:
            self.socket.sendall(b"\xff" * 16 + struct.pack(">HB", 19 + len(body), kind) + body)

    def announce_all(self):
        for route in list(self.announced.values()):
            self.send(UPDATE, pack_update(self.family, route))

    def change(self, announce, withdraw):
        for route in expanded(announce):
            self.announced[route["prefix"]] = self.completed(route)
            self.send(UPDATE, pack_update(self.family, self.completed(route)))
        for prefix in withdraw:
            self.announced.pop(prefix, None)
            self.send(UPDATE, pack_withdrawal(self.family, prefix))

    def run(self):
        patience = 3 if self.peer.get("stays_down") else 30
        end = min(time.monotonic() + patience, self.deadline)
        while not self.stopped and time.monotonic() < end:
            if self.connect(end) and self.session(end):
                return
            time.sleep(0.2)
        self.state = "down"

    def connect(self, end):
        family = socket.AF_INET if self.family == 4 else socket.AF_INET6
        while not self.stopped and time.monotonic() < end:
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                if self.peer.get("md5"):
                    connection.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG, self.md5_key(family))
                if "ttl" in self.peer:
                    level, name = (
                        (socket.IPPROTO_IP, socket.IP_TTL)
                        if self.family == 4
                        else (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)
                    )
                    connection.setsockopt(level, name, self.peer["ttl"])
                connection.bind((self.peer["address"], 0))
                connection.settimeout(1)
                connection.connect((self.router["address"], 179))
                self.socket = connection
                return True
            except OSError:
                connection.close()
                time.sleep(0.1)
        return False

    def md5_key(self, family):
        """`struct tcp_md5sig` of Linux: the router's address, and the secret."""
        address = ipaddress.ip_address(self.router["address"]).packed
        head = struct.pack("=HH", family, 0) if self.family == 4 else struct.pack("=HHI", family, 0, 0)
        secret = self.peer["md5"].encode()
        size = struct.pack("=BBHI", 0, 0, len(secret), 0)
        return (head + address).ljust(128, b"\0") + size + secret.ljust(80, b"\0")

    def open_message(self):
        asn = self.peer["asn"]
        router_id = self.peer["address"] if self.family == 4 else f"10.255.{asn >> 8 & 255}.{asn & 255}"
        families = struct.pack(">BBHBB", 1, 4, 1 if self.family == 4 else 2, 0, 1)
        capabilities = families + b"\x02\x00" + struct.pack(">BBI", 65, 4, asn)
        if "role" in self.peer:
            capabilities += struct.pack(">BBB", 9, 1, self.peer["role"])
        options = struct.pack(">BB", 2, len(capabilities)) + capabilities
        head = struct.pack(">BHH", 4, asn if asn < 65536 else 23456, HOLD_TIME)
        return head + ipaddress.ip_address(router_id).packed + bytes([len(options)]) + options

    def session(self, end):
        """True when the session has been up, or was refused; it isn't tried again then."""
        try:
            self.send(OPEN, self.open_message())
            for kind, body in self.messages(end):
                if kind == OPEN:
                    self.role = role_in(body)
                    self.send(KEEPALIVE)
                elif kind == KEEPALIVE and self.state == "connecting":
                    self.state = "established"
                    self.gate.wait()  # for the others, so that it doesn't matter who was quicker
                    self.announce_all()
                elif kind == UPDATE:
                    self.take(body)
                elif kind == NOTIFICATION:
                    self.notification, self.state = [body[0], body[1]], "closed"
                    return True
                elif kind == ROUTE_REFRESH:
                    self.announce_all()
        except OSError:
            pass
        if self.state == "established":
            self.state = "closed"
        return self.state == "closed"

    def messages(self, end):
        """What arrives; nothing more after `end` where the session isn't up by then."""
        data, last = b"", time.monotonic()
        while not self.stopped:
            if time.monotonic() - last > 30:
                self.send(KEEPALIVE)
                last = time.monotonic()
            try:
                more = self.socket.recv(65536)
            except TimeoutError:
                if self.state == "connecting" and time.monotonic() > end:
                    return
                continue
            if not more:
                return
            data += more
            while len(data) >= 19:
                length, kind = struct.unpack_from(">HB", data, 16)
                if len(data) < length:
                    break
                body, data = data[19:length], data[length:]
                yield kind, body

    def take(self, body):
        self.updates += 1
        withdrawn, announced, route = read_update(body)
        for prefix in withdrawn:
            self.received.pop(prefix, None)
        for prefix in announced:
            self.received[prefix] = route

    def close(self):
        self.stopped = True
        if self.socket:
            self.socket.close()
