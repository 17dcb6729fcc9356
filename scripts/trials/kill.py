"""The server is killed outright while it answers writes: what it had acknowledged is there afterwards."""

import random
import threading
import time

from exchange import ROUTERS, Browser, Client, check, create_note
from load import LOCK, RELEASE, Load, is_locked, make_and_revoke

WRITERS = 4


class Acknowledged:
    """What answers have promised."""

    def __init__(self):
        self.mutex = threading.Lock()
        self.notes, self.revoked, self.keys = set(), set(), set()
        self.locked = {}  # handle: True, False, or None while a request's outcome isn't known

    def add(self, where, what):
        with self.mutex:
            where.add(what)


def trial(exchange, rounds):
    exchange.fill()
    known = Acknowledged()
    written = 0
    for number in range(rounds):
        server = exchange.serve()
        if number:
            verify(exchange, server, known)
        load = Load()
        spawn(exchange, server, load, known)
        time.sleep(random.uniform(0.5, 2))
        server.kill()
        load.stop()
        written = len(known.notes) + len(known.revoked) + len(known.keys)
    server = exchange.serve()
    verify(exchange, server, known)
    server.stop()
    print(f"  {rounds} kills, {written} writes acknowledged: {len(known.notes)} notes, {len(known.keys)} keys made,"
          f" {len(known.revoked)} revoked, and locks", flush=True)
    check(len(known.notes) > 5 * rounds and len(known.revoked) > rounds, "hardly anything was written: the trial says nothing")


def spawn(exchange, server, load, known):
    def notes(client):
        answer, note = create_note(client, "acknowledged")
        load.note("note creation", answer)
        if note is not None:
            known.add(known.notes, note)

    def locks(client, handle):
        # Ends where a request has no answer, with its outcome unknown.
        wanted = not known.locked.get(handle, False)
        known.locked[handle] = None
        answer = load.note("lock", client.post((LOCK if wanted else RELEASE) + handle))
        known.locked[handle] = wanted if answer.status == 200 else None

    def keys(browser):
        if random.random() < 0.5:
            key = make_and_revoke(load, browser, exchange)
            if key is not None:
                known.add(known.revoked, key)
        else:
            answer, key = browser.create_key("kept")
            load.note("key creation", answer)
            if key is not None:
                known.add(known.keys, key)

    for writer in range(WRITERS):
        load.spawn(notes, Client(server.port, exchange.key))
        load.spawn(locks, Client(server.port, exchange.key), f"rs{writer % ROUTERS + 1}")
    for _ in range(2):
        load.spawn(keys, Browser(server.port).log_in())


def verify(exchange, server, known):
    lost = known.notes - exchange.notes()
    check(not lost, f"{len(lost)} acknowledged notes are gone, such as {sorted(lost)[:5]}")
    stored = exchange.keys()
    lost = [key for key in known.keys if key.split("_")[1] not in stored]
    check(not lost, f"{len(lost)} acknowledged keys are gone")
    back = [key for key in known.revoked if key.split("_")[1] in stored]
    check(not back, f"{len(back)} keys that were revoked are there again")
    client = Client(server.port, exchange.key)
    for key, status in [(key, 200) for key in list(known.keys)[-3:]] + [(key, 401) for key in list(known.revoked)[-3:]]:
        answer = Client(server.port, key).get("/api/v4/test")
        check(answer.status == status, f"a key is answered with {answer.status} in place of {status}")
    for handle, locked in known.locked.items():
        now = is_locked(client, handle)
        check(locked is None or locked == now, f"{handle} is {'' if now else 'not '}locked after the kill")
        if now:
            client.post(RELEASE + handle)
        known.locked[handle] = False
