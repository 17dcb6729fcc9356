"""Three servers on the three nodes of a Galera cluster: tables made once, locks granted once, revoked keys refused
everywhere, conflicts of certification that no client sees, and a node without a quorum."""

import os
import signal
import time

from exchange import Browser, Client, Failure, Findings, check, create_note
from load import LOCK, Load, contend, make_and_revoke

REFUSED_WITHIN = 1.0  # seconds, on every node


def trial(exchange, seconds, node_processes):
    findings = Findings()
    servers = start_at_once(exchange, findings)
    exchange.fill()
    note = create_note(Client(servers[0].port, exchange.key), "everybody's")[1]
    for server in servers:
        check(waits_for(lambda: Client(server.port, exchange.key).get(f"/api/v4/customer-note/get/{note}").status, 200),
              "a note isn't seen on all nodes")
    contention(exchange, servers, note, seconds, findings)
    revocation(exchange, servers, findings)
    without_quorum(exchange, servers, node_processes, findings)
    findings.tell()


def start_at_once(exchange, findings):
    """On an empty database, so that each of them finds all tables missing. Returns three that are ready."""
    nodes = range(len(exchange.urls))
    ready = []
    for node, server in [(node, exchange.start(node)) for node in nodes]:
        try:
            answer = server.wait(90)
            findings.check(answer.status == 200, f"/readyz answers {answer.status} after three servers started at one time")
        except Failure as failure:
            findings.check(False, f"of three servers that start at one time, one fails: {failure}")
            server = None
        ready.append((node, server))
    twice = exchange.sql("SELECT COUNT(*) - COUNT(DISTINCT name) FROM ixpd_migration")
    findings.check(twice == [["0"]], "a step of the schema is recorded twice")
    return [server or exchange.serve(node) for node, server in ready]


def contention(exchange, servers, note, seconds, findings):
    load = Load()
    for number, server in enumerate(servers):
        contend(load, server.port, exchange.key, number, note, clients=2)
        load.spawn(make_and_revoke, load, Browser(server.port).log_in(), exchange)
    time.sleep(seconds)
    load.stop()
    print(load.report(), f"\n  {load.holders.granted} locks granted, {load.holders.doubled} of them twice", flush=True)
    check(load.holders.granted > 20, "hardly any lock was granted: the trial says nothing")
    check(load.answers["key revocation", 303] > 2, "hardly any key was revoked: the trial says nothing")
    findings.check(load.holders.doubled == 0, f"{load.holders.doubled} locks were granted while another client held them")
    findings.check(load.failures() == 0, f"{load.failures()} answers of 500 and above")


def revocation(exchange, servers, findings):
    """A key that all nodes have just taken, and keep in their caches, is refused by all of them after its end."""
    worst = 0
    browser = Browser(servers[0].port).log_in()
    for _ in range(10):
        answer, key = browser.create_key("to be revoked")
        check(key is not None, f"no key: {answer.status}")
        for server in servers:
            check(waits_for(lambda: Client(server.port, key).get("/api/v4/test").status, 200), "a new key isn't taken on all nodes")
        number = exchange.keys()[key.split("_")[1]]
        check(browser.delete_key(number).status == 303, "a key can't be revoked")
        worst = max(worst, last_use(servers, key))
    print(f"  a revoked key was last taken {worst:.2f} s after its revocation", flush=True)
    findings.check(worst <= REFUSED_WITHIN, f"a revoked key was taken for {worst:.2f} s; {REFUSED_WITHIN} s are promised")


def last_use(servers, key):
    """Seconds from now to when the last request was sent for which some server took the key."""
    began = time.monotonic()
    last = 0.0
    left = list(servers)
    while left and time.monotonic() - began < REFUSED_WITHIN + 2:
        for server in list(left):
            sent = time.monotonic() - began
            if Client(server.port, key).get("/api/v4/test").status == 200:
                last = max(last, sent)
            else:
                left.remove(server)
    return last


def without_quorum(exchange, servers, node_processes, findings):
    for process in node_processes[1:]:
        os.kill(process, signal.SIGKILL)
    client = Client(servers[0].port, exchange.key, timeout=15)
    told = waits_for(lambda: client.get("/readyz").status, 503, 30)
    findings.check(told, "/readyz doesn't answer 503 on a node without a quorum")
    for method, path in (("GET", "/readyz"), ("POST", LOCK + "rs5"), ("POST", "/admin/api/v4/customer-note/create/customer/1")):
        began = time.monotonic()
        answer = client.request(method, path, {"title": "a", "note": "b"} if method == "POST" else None)
        took = time.monotonic() - began
        print(f"  without a quorum {path}: {answer.status} after {took:.1f} s", flush=True)
        findings.check(answer.status == 503, f"{path} answers {answer.status} on a node without a quorum: {answer.body[:200]}")
        findings.check(answer.status != 503 or "Retry-After" in answer.headers, f"{path} answers 503 without Retry-After")
        findings.check(took <= 3.5, f"{path} takes {took:.1f} s on a node without a quorum")


def waits_for(status, wanted, seconds=5.0):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if status() == wanted:
            return True
        time.sleep(0.02)
    return False
