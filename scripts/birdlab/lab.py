"""Two network namespaces, a router in one of them and its peers in the other."""

import ctypes
import ipaddress
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from bfd import Responder
from bgp import Speaker
from bird import Control
from rtr import Cache

CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """BIRD doesn't take the configuration."""


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def enter(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        if libc.setns(handle, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"{path} can't be entered")
    finally:
        os.close(handle)


def spare(net, number):
    """An address that no peer has: near the end of an IPv4 network, or of an IPv6 network's first /112."""
    return net[-number] if net.version == 4 else net[65536 - number]


class Lab:
    def __init__(self, scenario, config, bird):
        self.scenario, self.config, self.bird = scenario, config, bird
        self.family = ipaddress.ip_address(scenario["router"]["address"]).version
        self.name = f"bl{os.getpid()}"
        self.routers, self.peers = f"{self.name}r", f"{self.name}p"
        self.folder = tempfile.mkdtemp(prefix=f"birdlab-{os.getpid()}-")
        self.made, self.caches, self.speakers, self.process = [], [], {}, None
        self.responders = {}
        self.gate = threading.Event()
        self.deadline = time.monotonic() + 60
        self.vrps = scenario.get("vrps", [])
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)

    # --- networks

    def make_networks(self):
        for name in (self.routers, self.peers):
            run("ip", "netns", "add", name)
            self.made.append(name)
        run("ip", "link", "add", self.name, "netns", self.routers, "type", "veth", "peer", "name", self.name,
            "netns", self.peers)
        for name, lines in ((self.routers, self.router_addresses()), (self.peers, self.peer_addresses())):
            batch = os.path.join(self.folder, name)
            with open(batch, "w") as file:
                file.write("\n".join(["link set lo up", f"link set {self.name} name lan", "link set lan up"] + lines))
            run("ip", "-n", name, "-batch", batch)

    def add_address(self, address, length):
        return f"addr add {address}/{length} dev lan" + (" nodad" if self.family == 6 else "")

    def router_addresses(self):
        router = ipaddress.ip_address(self.scenario["router"]["address"])
        lan = ipaddress.ip_network(self.scenario["lan"])
        # RTR servers have addresses of their own beside the peers.
        far = [f"route add {address}/32 dev lan" for address in self.scenario.get("rtr", {})]
        near = ["addr add 169.254.7.1/24 dev lan"] if far and self.family == 6 else []
        return [self.add_address(router, lan.prefixlen)] + near + far

    def peer_addresses(self):
        lan = ipaddress.ip_network(self.scenario["lan"])
        addresses = {peer["address"] for peer in self.scenario["peers"]} or {str(spare(lan, 3))}
        lines = [self.add_address(address, lan.prefixlen) for address in sorted(addresses)]
        near = ["addr add 169.254.7.2/24 dev lan"] if self.scenario.get("rtr") and self.family == 6 else []
        return lines + near + [f"addr add {address}/32 dev lan" for address in self.scenario.get("rtr", {})]

    # --- programs

    def put_configuration(self, source):
        """Puts a configuration where BIRD reads it."""
        with open(source) as file:
            text = file.read()
        # Where the log goes is the only thing that is changed.
        text = re.sub(r'(?m)^(log) "[^"]*"', rf'\1 "{self.folder}/bird.log"', text)
        config = f"{self.folder}/bird.conf"
        with open(config, "w") as file:
            file.write(text)
        return config

    def start_bird(self):
        config, control = self.put_configuration(self.config), f"{self.folder}/ctl"
        parsed = subprocess.run([self.bird, "-p", "-c", config], capture_output=True, text=True)
        if parsed.returncode:
            raise Refused((parsed.stderr + parsed.stdout).strip())
        words = ["ip", "netns", "exec", self.routers, self.bird, "-f", "-c", config, "-s", control]
        errors = open(f"{self.folder}/errors", "w")
        # It must not outlive this process, whatever ends that.
        self.process = subprocess.Popen(words + ["-P", f"{self.folder}/pid"], stdout=errors, stderr=errors,
                                        preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        end = time.monotonic() + 10
        while True:
            try:
                self.control = Control(control)
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    with open(errors.name) as file:
                        raise RuntimeError(f"BIRD did not start: {file.read()}") from None
                time.sleep(0.02)

    def start_peers(self):
        for peer in self.scenario["peers"]:
            speaker = Speaker(peer, self.scenario["router"], self.family, self.gate, self.deadline)
            self.speakers[peer["name"]] = speaker
            speaker.start()
        while time.monotonic() < self.deadline:
            if all(speaker.state != "connecting" for speaker in self.speakers.values()):
                break
            time.sleep(0.02)
        self.gate.set()

    # --- waiting

    def wait_for_vrps(self):
        tables = re.findall(r"(?m)^roa[46] table (\w+)", open(self.config).read())
        if not tables or not self.caches:
            return
        wanted = {tuple(vrp) for vrp in self.vrps if ipaddress.ip_network(vrp[0]).version == self.family}
        while time.monotonic() < self.deadline:
            states = [" ".join(p["lines"]) for p in self.control.protocols() if p["kind"] == "RPKI"]
            up = sum("Established" in state for state in states)
            if up == len(self.caches) and self.control.count(tables[0]) == len(wanted):
                return
            time.sleep(0.05)
        raise RuntimeError("the VRPs did not arrive")

    def settle(self, quiet):
        """Waits until nothing has changed for that many seconds."""
        last, since = None, time.monotonic()
        while time.monotonic() < self.deadline and time.monotonic() - since < quiet:
            updates = [(speaker.updates, speaker.state) for speaker in self.speakers.values()]
            now = (updates, self.control.ask("show route count"), self.kernel_routes())
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.05)

    # --- results

    def kernel_routes(self):
        shown = run("ip", "-n", self.routers, "-j", f"-{self.family}", "route", "show", "table", "main")
        routes = [route for route in json.loads(shown or "[]") if route.get("protocol") == "bird"]
        return sorted(f"{route.get('type', 'unicast')} {route['dst']}" for route in routes)

    def facts(self):
        protocols = self.control.protocols()
        sessions = {p["neighbour"].split("%")[0]: p for p in protocols if p["kind"] == "BGP" and "neighbour" in p}
        master = {}
        for prefix, protocol, _ in self.control.routes(f"table master{self.family}"):
            master.setdefault(prefix, set()).add(protocol)
        peers = {name: self.peer_facts(speaker, sessions.get(speaker.peer["address"]), master)
                 for name, speaker in self.speakers.items()}
        versions = [cache.versions[:1] for cache in self.caches]
        return {"peers": peers, "kernel": self.kernel_routes(), "rtr_versions": versions}

    def peer_facts(self, speaker, session, master):
        if session is None:
            return {"session": "not configured"}
        imported = {}
        for prefix, _, route in self.control.routes(f"table {session['table']} protocol {session['name']}"):
            route["in_master"] = session["name"] in master.get(prefix, ())
            imported[prefix] = route
        return {
            "session": "established" if session.get("state") == "Established" else "down",
            "notification": speaker.notification,
            "role": speaker.role,
            "bfd": self.control.bfd().get(speaker.peer["address"]),
            "limit": [int(session["limit"]), session.get("action")] if "limit" in session else None,
            "imported": imported,
            "received": dict(speaker.received),
        }

    def run(self):
        self.make_networks()
        # Threads that are started from here on live where the peers are.
        enter(f"/run/netns/{self.peers}")
        for address, port in self.scenario.get("rtr", {}).items():
            self.caches.append(Cache(address, port, self.vrps))
            self.caches[-1].start()
        self.start_bird()
        self.wait_for_vrps()
        self.start_peers()
        self.settle(self.scenario.get("quiet", 0.8))
        facts = [self.facts()]
        for step in self.scenario.get("steps", []):
            self.take(step)
            self.settle(1.5)
            facts.append(self.facts())
        return {"facts": facts}

    def take(self, step):
        if "configure" in step:
            self.put_configuration(step["configure"])
            if refusal := self.control.configure():
                raise Refused(refusal)
        if "vrps" in step:
            self.vrps = step["vrps"]
            for cache in self.caches:
                cache.replace(self.vrps)
            self.wait_for_vrps()
        if "peer" in step:
            self.speakers[step["peer"]].change(step.get("announce", []), step.get("withdraw", []))

        if "bfd" in step:
            self.switch_bfd(step["bfd"])

    def switch_bfd(self, name):
        """Starts the far end of a BFD session and waits until it is up; or ends it, and waits for what comes of that."""
        speaker = self.speakers[name]
        address = speaker.peer["address"]
        if responder := self.responders.pop(name, None):
            responder.stopped = True
            reached = lambda: speaker.state == "closed"
        else:
            self.responders[name] = Responder(address, self.scenario["router"]["address"])
            self.responders[name].start()
            reached = lambda: self.control.bfd().get(address) == "Up"
        end = time.monotonic() + 15
        while time.monotonic() < min(end, self.deadline) and not reached():
            time.sleep(0.1)

    def clean(self):
        for responder in self.responders.values():
            responder.stopped = True
        self.gate.set()
        for speaker in self.speakers.values():
            speaker.close()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        libc.setns(self.home, CLONE_NEWNET)
        os.close(self.home)
        for name in self.made:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
