"""Clients that write at one time, and what they were answered."""

import collections
import http.client
import random
import threading
import time

from exchange import Client, check, create_note

LOCK = "/admin/api/v4/router/get-update-lock/"
RELEASE = "/admin/api/v4/router/release-update-lock/"
UPDATED = "/admin/api/v4/router/updated/"


def is_locked(client, handle):
    """Whether an update has begun and not ended, by the router's times."""
    answer = client.get(UPDATED + handle)
    check(answer.status == 200, f"the times of {handle} answer {answer.status}")
    started, ended = answer.json["last_update_started_unix"], answer.json["last_updated_unix"]
    return started is not None and (ended is None or started > ended)


class Load:
    """Threads that write until they are told to stop, and a record of every answer."""

    def __init__(self):
        self.answers = collections.Counter()
        self.errors = []
        self.mutex = threading.Lock()
        self.stopped = threading.Event()
        self.threads = []
        self.holders = LockHolders(self)

    def note(self, what, answer):
        with self.mutex:
            self.answers[what, answer.status] += 1
            if answer.status >= 500:
                self.errors.append((what, answer.status, answer.headers.get("Retry-After"), answer.summary))
        return answer

    def spawn(self, work, *arguments):
        def loop():
            try:
                while not self.stopped.is_set():
                    work(*arguments)
            except (OSError, http.client.HTTPException):
                # The server was killed or doesn't answer in time: nothing is known of the request.
                with self.mutex:
                    self.answers[work.__name__, "no answer"] += 1

        thread = threading.Thread(target=loop, daemon=True)
        self.threads.append(thread)
        thread.start()

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(60)

    def report(self):
        lines = []
        for what in sorted({what for what, _ in self.answers}):
            counts = {status: count for (name, status), count in self.answers.items() if name == what}
            lines.append(f"  {what}: " + ", ".join(f"{count} x {status}" for status, count in sorted(counts.items(), key=str)))
        lines += [f"  {count} x {error}" for error, count in collections.Counter(self.errors).most_common(6)]
        return "\n".join(lines)

    def failures(self):
        return sum(count for (_, status), count in self.answers.items() if isinstance(status, int) and status >= 500)


class LockHolders:
    """Who holds the lock of each router by the answers alone; a second grant meanwhile is counted."""

    def __init__(self, load):
        self.load = load
        self.held = {}
        self.mutex = threading.Lock()
        self.granted = self.doubled = 0

    def take_and_end(self, client, me, handle):
        answer = self.load.note("get-update-lock", client.post(LOCK + handle))
        if answer.status != 200:
            return
        with self.mutex:
            self.granted += 1
            if handle in self.held:
                self.doubled += 1
            self.held[handle] = me
        time.sleep(random.uniform(0, 0.03))
        with self.mutex:
            self.held.pop(handle, None)  # from the moment on at which the end is asked for
        # Until it is answered with success: a lock that is left behind would end the trial's use of this router.
        while not self.load.stopped.is_set():
            path = RELEASE if random.random() < 0.5 else UPDATED
            ended = self.load.note(path.split("/")[-2], client.post(path + handle))
            if ended.status < 500:
                break


def contend(load, port, key, number, note, clients):
    """Locks of two routers, changes of one note, new notes, and keys made and revoked, by several clients each."""

    def locks(client, me):
        load.holders.take_and_end(client, me, f"rs{random.randint(1, 2)}")

    def changes(client, me):
        load.note("note update", client.request(
            "PUT", f"/admin/api/v4/customer-note/update/{note}", {"title": f"by {me}", "note": "changed"}))

    def notes(client, me):
        load.note("note creation", create_note(client, f"of {me}")[0])

    def switches(client, me):
        load.note("notification switch", client.post("/admin/api/v4/customer-note/notify-toggle/customer/1"))

    for index in range(clients):
        me = f"{number}.{index}"
        for work in (locks, changes, notes, switches):
            load.spawn(work, Client(port, key), me)


def make_and_revoke(load, browser, exchange):
    """Makes a key and revokes it; returns its text if both were done."""
    answer, key = browser.create_key("for a moment")
    load.note("key creation", answer)
    if key is None:
        return None
    revoked = load.note("key revocation", browser.delete_key(exchange.keys()[key.split("_")[1]]))
    return key if revoked.status == 303 else None
