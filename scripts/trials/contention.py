"""Many clients on the same rows: no answer of 500 and above, no lock granted twice."""

import time

from exchange import Browser, Client, check, create_note
from load import Load, contend, make_and_revoke


def trial(exchange, seconds):
    exchange.fill()
    server = exchange.serve()
    _, note = create_note(Client(server.port, exchange.key), "everybody's")
    load = Load()
    contend(load, server.port, exchange.key, 0, note, clients=6)
    for _ in range(4):
        browser = Browser(server.port).log_in()
        load.spawn(make_and_revoke, load, browser, exchange)
    time.sleep(seconds)
    load.stop()
    print(load.report(), f"\n  {load.holders.granted} locks granted, {load.holders.doubled} of them twice", flush=True)
    check(load.holders.granted > 20, "hardly any lock was granted: the trial says nothing")
    check(load.answers["key revocation", 303] > 2, "hardly any key was revoked: the trial says nothing")
    check(load.holders.doubled == 0, f"{load.holders.doubled} locks were granted while another client held them")
    check(load.failures() == 0, f"{load.failures()} answers of 500 and above")
    server.stop()

