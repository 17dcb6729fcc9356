"""The file system of the embedded database fills up and gets room again: the server says so, goes on by itself, and
keeps what it acknowledged.

Needs a mount namespace of its own: a small file system is mounted over the folder of the data.
"""

import errno
import subprocess
import time

from exchange import Client, Failure, check, create_note
from load import LOCK, RELEASE, is_locked

SIZE = "40m"
STUCK_AFTER = 8  # failures without a lock granted between them


def mount(folder):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", folder], check=True)


def unmount(folder):
    subprocess.run(["umount", "--lazy", folder], check=True)


def trial(exchange):
    exchange.fill()
    server = exchange.serve()
    client = Client(server.port, exchange.key)
    answer, first = create_note(client, "before")
    check(answer.status == 200, f"a note before anything is full: {answer.status}")
    filler = exchange.data / "filler"
    try:
        fill(filler)
        answers = write_until_stuck(client)
        told = client.get("/readyz")
        print(f"  full: {answers}, /readyz {told.status}", flush=True)
        check(told.status == 503, f"/readyz answers {told.status} on a full disk")
        others = {status: count for status, count in answers.items() if status not in (200, 423, (503, True))}
        check(not others, f"on a full disk, answers other than 200, 423 and 503 with Retry-After: {others}")
    finally:
        filler.unlink()
    # From here on the trial judges what the operator sees who freed space and did nothing else.
    ready = waits(lambda: client.get("/readyz").status == 200, 15)
    check(ready, "/readyz doesn't answer 200 within 15 s of the disk having room")
    kept = {first}
    for number in range(40):
        answer, note = create_note(client, f"after {number}")
        check(answer.status == 200, f"a note after the disk has room: {answer.status} {answer.body[:200]}")
        kept.add(note)
    key = exchange.run("api-key", "create", "--user", "admin", "--access-level", "full")
    check(Client(server.port, key).get("/api/v4/test").status == 200, "a key made by the command line isn't taken")
    client.post(RELEASE + "rs3")
    check(client.post(LOCK + "rs3").status == 200, "no lock after the disk has room")
    server.kill()
    server = exchange.serve()
    lost = kept - exchange.notes()
    check(not lost, f"after a restart {len(lost)} of {len(kept)} acknowledged notes are gone")
    check(is_locked(Client(server.port, exchange.key), "rs3"), "after a restart an acknowledged lock is gone")
    server.stop()


def fill(path):
    """Takes all room, down to the last page."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


def write_until_stuck(client):
    """Takes and gives back a lock until nothing is written any more; counts of the answers, with whether a 503 says when
    to come again."""
    answers, failures = {}, 0
    began = time.monotonic()
    for number in range(5000):
        answer = client.post((LOCK if number % 2 == 0 else RELEASE) + f"rs{number % 3 + 1}")
        status = answer.status if answer.status != 503 else (503, "Retry-After" in answer.headers)
        answers[status] = answers.get(status, 0) + 1
        if answer.status >= 500:
            failures += 1
        elif number % 2 == 0:  # giving back what isn't held writes nothing
            failures = 0
        if failures == STUCK_AFTER or (failures and time.monotonic() - began > 60):
            return answers
    raise Failure(f"a full disk stops no write: {answers}")


def waits(condition, seconds):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.2)
    return False
