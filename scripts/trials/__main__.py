"""Trials of ixpd as operators meet it: whole servers, killed, starved or crowded.

  scripts/trials PROGRAM kill|full-disk|contention|galera [--rounds N] [--seconds N]

PROGRAM is an ixpd. The database is an embedded one, or the empty one of IXPD_TEST_DATABASE_URL (scripts/mariadb run);
galera takes IXPD_TEST_GALERA_URLS (scripts/galera run), full-disk a mount namespace (unshare --mount --map-root-user).
IXPD_TEST_SQL_CLIENT names a MariaDB client other than `mariadb`. Prints what was seen; exit code 1 when a trial fails, and
then what the servers logged most.
"""

import argparse
import os
import pathlib
import sys
import tempfile

import contention
import full_disk
import galera
import kill
from exchange import Exchange, Failure


def main():
    parser = argparse.ArgumentParser(prog="scripts/trials")
    parser.add_argument("program", type=lambda path: pathlib.Path(path).resolve(strict=True))
    parser.add_argument("trial", choices=["kill", "full-disk", "contention", "galera"])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=20)
    chosen = parser.parse_args()
    urls = os.environ.get("IXPD_TEST_GALERA_URLS" if chosen.trial == "galera" else "IXPD_TEST_DATABASE_URL", "").split()
    if chosen.trial == "galera" and len(urls) < 3:
        parser.error("galera needs three URLs in IXPD_TEST_GALERA_URLS: scripts/galera run -- ...")
    if chosen.trial == "full-disk":
        urls = []
    with tempfile.TemporaryDirectory(prefix="ixpd-trial.") as work:
        if chosen.trial == "full-disk":
            full_disk.mount(pathlib.Path(work) / "data")
        exchange = Exchange(chosen.program, work, urls, os.environ.get("IXPD_TEST_SQL_CLIENT", "mariadb"))
        print(f"{chosen.trial} on {'a cluster' if len(urls) > 1 else 'MariaDB' if urls else 'SQLite'}", flush=True)
        try:
            run(chosen, exchange)
        except Failure as failure:
            print(f"{chosen.trial} FAILED: {failure}")
            for server in exchange.servers[-3:]:
                print(f"--- {server.log.name}", *server.complaints(), sep="\n")
            return 1
        finally:
            exchange.close()
            if chosen.trial == "full-disk":
                full_disk.unmount(exchange.data)
    print(f"{chosen.trial}: passed")
    return 0


def run(chosen, exchange):
    if chosen.trial == "kill":
        kill.trial(exchange, chosen.rounds)
    elif chosen.trial == "full-disk":
        full_disk.trial(exchange)
    elif chosen.trial == "contention":
        contention.trial(exchange, chosen.seconds)
    else:
        galera.trial(exchange, chosen.seconds, [int(process) for process in os.environ["IXPD_TEST_GALERA_NODES"].split()])


if __name__ == "__main__":
    sys.exit(main())
