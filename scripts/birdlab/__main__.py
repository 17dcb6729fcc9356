"""Runs a router configuration in a real BIRD and tells what becomes of the routes of its peers.

  scripts/birdlab run SCENARIO CONFIG BIRD    prints facts as JSON
  scripts/birdlab clean                       removes namespaces of runs that were killed

Needs root (network namespaces) and iproute2; a run takes a few seconds. Nothing is touched but two namespaces, a folder
below /tmp, and the processes that it starts. Several runs may go on at once.

A scenario is JSON: router {asn, address}, lan (a network), peers [{name, asn, address, md5?, ttl?, role? (RFC 9234),
stays_down?, announcements [{prefix, count?, as_path?, next_hop?, communities?, large_communities?, otc?}]}], where a list
within as_path is an AS_SET, rtr? {address: port}, vrps? [[prefix, longest, AS number]], quiet? (seconds without a change
after which all has come to rest), steps? [{vrps?}, {peer, announce?, withdraw?}, {configure: file}, which is loaded into
the running BIRD, or {bfd: peer}, which starts BFD at the peer, and ends it the next time]. There are facts after the
start and after each step.
"""

import json
import os
import re
import signal
import subprocess
import sys

from lab import Lab, Refused


def clean():
    for line in subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout.splitlines():
        found = re.match(r"(bl(\d+)[rp])\b", line)
        if found and not os.path.exists(f"/proc/{found[2]}"):
            print("deleting", found[1])
            subprocess.run(["ip", "netns", "del", found[1]], check=True)
    return 0


def run(scenario, config, bird):
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    with open(scenario) as file:
        lab = Lab(json.load(file), config, bird)
    try:
        print(json.dumps(lab.run(), indent=1, sort_keys=True))
        return 0
    except Refused as refused:
        print(f"BIRD refuses the configuration: {refused}", file=sys.stderr)
        return 2
    finally:
        lab.clean()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["run", scenario, config, bird]:
            sys.exit(run(scenario, config, bird))
        case ["clean"]:
            sys.exit(clean())
        case _:
            sys.exit(__doc__)
