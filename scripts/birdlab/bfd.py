"""The far end of a BFD session (RFC 5880, RFC 5881), asynchronous and without authentication."""

import socket
import struct
import threading
import time

PORT = 3784
DOWN, INIT, UP = 1, 2, 3
POLL, FINAL = 0x20, 0x10
INTERVAL = 200_000  # microseconds


class Responder(threading.Thread):
    def __init__(self, own, router):
        super().__init__(daemon=True)
        family = socket.AF_INET if "." in own else socket.AF_INET6
        self.router = (router, PORT)
        self.receiving, self.sending = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(2))
        self.receiving.bind((own, PORT))
        self.receiving.settimeout(INTERVAL / 1e6)
        self.sending.bind((own, 0))
        if family == socket.AF_INET:
            self.sending.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
        else:
            self.sending.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
        self.state, self.other, self.stopped = DOWN, 0, False

    def run(self):
        due = 0
        while not self.stopped:
            if time.monotonic() >= due:
                self.send(0)
                due = time.monotonic() + INTERVAL / 1e6
            try:
                packet = self.receiving.recv(64)
            except TimeoutError:
                continue
            _, flags, _, _, self.other = struct.unpack_from(">BBBBI", packet)
            self.take(flags >> 6)
            if flags & POLL:
                self.send(FINAL)
        self.receiving.close()
        self.sending.close()

    def take(self, other):
        if other == DOWN:
            self.state = INIT if self.state == DOWN else DOWN if self.state == UP else self.state
        elif other == UP and self.state == DOWN:
            return
        elif other in (INIT, UP):
            self.state = UP

    def send(self, flags):
        head = struct.pack(">BBBB", 0x20, self.state << 6 | flags, 3, 24)
        try:
            self.sending.sendto(head + struct.pack(">IIIII", 1, self.other, INTERVAL, INTERVAL, 0), self.router)
        except OSError:
            pass
