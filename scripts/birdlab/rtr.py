"""A cache of validated ROA payloads (RFC 6810, RFC 8210) that answers in the version it is asked in."""

import ipaddress
import socket
import struct
import threading

NOTIFY, SERIAL_QUERY, RESET_QUERY, RESPONSE, IPV4, IPV6, END, RESET = 0, 1, 2, 3, 4, 6, 7, 8
SESSION = 7


def pdu(version, kind, session, body=b""):
    return struct.pack(">BBHI", version, kind, session, 8 + len(body)) + body


class Cache(threading.Thread):
    def __init__(self, address, port, vrps):
        super().__init__(daemon=True)
        family = socket.AF_INET if "." in address else socket.AF_INET6
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.listen(8)
        self.serial, self.history = 1, {1: {tuple(vrp) for vrp in vrps}}
        self.readers, self.versions = [], []

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def replace(self, vrps):
        """Other VRPs from now on; readers are told."""
        self.serial += 1
        self.history[self.serial] = {tuple(vrp) for vrp in vrps}
        for connection, version in self.readers:
            try:
                connection.sendall(pdu(version, NOTIFY, SESSION, struct.pack(">I", self.serial)))
            except OSError:
                pass

    def serve(self, connection):
        data, version = b"", None
        try:
            while more := connection.recv(4096):
                data += more
                while len(data) >= 8:
                    asked, kind, _, length = struct.unpack_from(">BBHI", data)
                    if len(data) < length:
                        break
                    body, data = data[8:length], data[length:]
                    if version is None:
                        version = min(asked, 2)
                        self.versions.append(version)
                        self.readers.append((connection, version))
                    if kind in (SERIAL_QUERY, RESET_QUERY):
                        connection.sendall(self.answer(version, kind, body))
        except OSError:
            pass

    def answer(self, version, kind, body):
        before = set()
        if kind == SERIAL_QUERY:
            serial = struct.unpack_from(">I", body)[0]
            if serial not in self.history:
                return pdu(version, RESET, 0)
            before = self.history[serial]
        now = self.history[self.serial]
        answer = pdu(version, RESPONSE, SESSION)
        for announced, vrps in ((1, now - before), (0, before - now)):
            for prefix, longest, asn in sorted(vrps):
                net = ipaddress.ip_network(prefix)
                head = struct.pack(">BBBB", announced, net.prefixlen, longest, 0)
                value = head + net.network_address.packed + struct.pack(">I", asn)
                answer += pdu(version, IPV4 if net.version == 4 else IPV6, 0, value)
        timers = struct.pack(">III", 3600, 600, 7200) if version else b""
        return answer + pdu(version, END, SESSION, struct.pack(">I", self.serial) + timers)
