"""The file system of the embedded database fills up and gets room again: the server says so, goes on by itself, and
keeps what it acknowledged.

Needs a mount namespace of its own: a small file system is mounted over the folder of the data.
"""

import errno
import subprocess
import time

from exchange import Client, Failure, Findings, check, create_note
from load import LOCK, RELEASE, is_locked

SIZE = "40m"
STUCK_AFTER = 20  # failures


def mount(folder):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", folder], check=True)


def unmount(folder):
    subprocess.run(["umount", "--lazy", folder], check=True)


def trial(exchange):
    exchange.fill()
    server = exchange.serve()
    client = Client(server.port, exchange.key)
    answer, note = create_note(client, "before")
    check(answer.status == 200, f"a note before anything is full: {answer.status}")
    findings = Findings()
    filler = exchange.data / "filler"
    fill(filler)
    locked = while_full(client, findings)
    filler.unlink()
    # From here on an operator has freed space and does nothing else.
    ready = waits(lambda: client.get("/readyz").status == 200, 15)
    findings.check(ready, "/readyz doesn't answer 200 within 15 s of the disk having room")
    kept = {note} | notes_afterwards(client, findings)
    granted = client.post(LOCK + "rs4").status == 200
    findings.check(granted, "no lock after the disk has room")
    if granted:
        locked["rs4"] = True
    server.kill()
    server = exchange.serve()
    lost = kept - exchange.notes()
    findings.check(not lost, f"after a restart {len(lost)} of {len(kept)} acknowledged notes are gone")
    client = Client(server.port, exchange.key)
    for handle, state in locked.items():
        findings.check(is_locked(client, handle) == state,
                       f"after a restart {handle} is {'not ' if state else ''}locked, which contradicts its last answer")
    server.stop()
    findings.tell()


def while_full(client, findings):
    answers, locked = write_until_stuck(client)
    told = client.get("/readyz").status
    print(f"  full: {answers}, /readyz {told}", flush=True)
    findings.check(told == 503, f"/readyz answers {told} on a full disk")
    others = {status: count for status, count in answers.items() if status not in (200, 423, (503, True))}
    findings.check(not others, f"on a full disk, answers other than 200, 423 and 503 with Retry-After: {others}")
    return {handle: state for handle, state in locked.items() if state is not None}


def notes_afterwards(client, findings):
    """Ids of the notes whose creation was acknowledged."""
    kept, refused = set(), []
    for number in range(20):
        answer, note = create_note(client, f"after {number}")
        if answer.status == 200:
            kept.add(note)
        else:
            refused.append(answer.status)
    findings.check(not refused, f"{len(refused)} of 20 notes are refused after the disk has room: {refused}")
    return kept


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
    """Takes and gives back locks until that has failed often; counts of the answers, with whether a 503 says when to come
    again, and which routers are locked by what was acknowledged: None where that isn't known."""
    answers, locked, failures = {}, {}, 0
    began = time.monotonic()
    for number in range(20_000):
        handle = f"rs{number // 2 % 3 + 1}"
        answer = client.post((LOCK if number % 2 == 0 else RELEASE) + handle)
        status = answer.status if answer.status != 503 else (503, "Retry-After" in answer.headers)
        answers[status] = answers.get(status, 0) + 1
        if answer.status == 200:
            locked[handle] = number % 2 == 0
        elif answer.status >= 500:
            locked[handle] = None
            failures += 1
        if failures == STUCK_AFTER or (failures and time.monotonic() - began > 60):
            return answers, locked
    raise Failure(f"a full disk stops no write: {answers}")


def waits(condition, seconds):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.2)
    return False
