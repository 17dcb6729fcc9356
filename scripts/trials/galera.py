"""Three servers on the three nodes of a Galera cluster: tables made once, locks granted once, revoked keys refused
everywhere, conflicts of certification that no client sees, and a node without a quorum."""

import os
import signal
import time

from exchange import Browser, Client, check, create_note
from load import LOCK, Load, contend, make_and_revoke

REFUSED_WITHIN = 1.0  # seconds, on every node


def trial(exchange, seconds, node_processes):
    start_at_once(exchange)
    exchange.fill()
    servers = exchange.servers
    note = create_note(Client(servers[0].port, exchange.key), "everybody's")[1]
    for server in servers:
        check(waits_for(lambda: Client(server.port, exchange.key).get(f"/api/v4/customer-note/get/{note}").status, 200),
              "a note isn't seen on all nodes")
    contention(exchange, servers, note, seconds)
    revocation(exchange, servers)
    without_quorum(exchange, servers, node_processes)


def start_at_once(exchange):
    """On an empty database, so that each of them finds all tables missing."""
    for node in range(len(exchange.urls)):
        exchange.start(node)
    for server in exchange.servers:
        answer = server.wait(90)
        check(answer.status == 200, f"/readyz answers {answer.status} after three servers made the tables at one time")
    steps = [row[0] for row in exchange.sql("SELECT COUNT(*) - COUNT(DISTINCT name) FROM ixpd_migration")]
    check(steps == ["0"], "a step of the schema is recorded twice")


def contention(exchange, servers, note, seconds):
    load = Load()
    for number, server in enumerate(servers):
        contend(load, server.port, exchange.key, number, note, clients=2)
        load.spawn(make_and_revoke, load, Browser(server.port).log_in(), exchange)
    time.sleep(seconds)
    load.stop()
    print(load.report(), f"\n  {load.holders.granted} locks granted, {load.holders.doubled} of them twice", flush=True)
    check(load.holders.granted > 20, "hardly any lock was granted: the trial says nothing")
    check(load.answers["key revocation", 303] > 5, "hardly any key was revoked: the trial says nothing")
    check(load.holders.doubled == 0, f"{load.holders.doubled} locks were granted while another client held them")
    check(load.failures() == 0, f"{load.failures()} answers of 500 and above")


def revocation(exchange, servers):
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
        began = time.monotonic()
        for server in servers:
            check(waits_for(lambda: Client(server.port, key).get("/api/v4/test").status, 401, REFUSED_WITHIN + 2),
                  "a revoked key is still taken")
        worst = max(worst, time.monotonic() - began)
    print(f"  a revoked key was refused by all nodes after {worst:.2f} s at most", flush=True)
    check(worst <= REFUSED_WITHIN, f"a revoked key was taken for {worst:.2f} s; {REFUSED_WITHIN} s are promised")


def without_quorum(exchange, servers, node_processes):
    for process in node_processes[1:]:
        os.kill(process, signal.SIGKILL)
    client = Client(servers[0].port, exchange.key, timeout=15)
    told = waits_for(lambda: client.get("/readyz").status, 503, 30)
    check(told, "/readyz doesn't answer 503 on a node without a quorum")
    for method, path in (("GET", "/readyz"), ("POST", LOCK + "rs5"), ("POST", "/admin/api/v4/customer-note/create/customer/1")):
        began = time.monotonic()
        answer = client.request(method, path, {"title": "a", "note": "b"} if method == "POST" else None)
        took = time.monotonic() - began
        print(f"  without a quorum {path}: {answer.status} after {took:.1f} s", flush=True)
        check(answer.status == 503, f"{path} answers {answer.status} on a node without a quorum: {answer.body[:200]}")
        check("Retry-After" in answer.headers, f"{path} answers 503 without Retry-After")
        check(took <= 3.5, f"{path} takes {took:.1f} s on a node without a quorum")


def waits_for(status, wanted, seconds=5.0):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if status() == wanted:
            return True
        time.sleep(0.02)
    return False
