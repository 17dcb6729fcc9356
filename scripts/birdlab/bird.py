"""What a running BIRD says, by its control socket."""

import re
import socket

from bgp import sorted_communities

# The attributes of a route, as BIRD 2 and BIRD 3 call them.
ATTRIBUTES = {
    "as_path": "as_path",
    "bgp_path": "as_path",
    "next_hop": "next_hop",
    "bgp_next_hop": "next_hop",
    "local_pref": "local_pref",
    "bgp_local_pref": "local_pref",
    "community": "communities",
    "bgp_community": "communities",
    "large_community": "large_communities",
    "bgp_large_community": "large_communities",
    "otc": "otc",
    "bgp_otc": "otc",
}
ROUTE = re.compile(r"(\S*)\s+(?:unicast|blackhole|unreachable|prohibit)?\s*\[(\S+) [^\]]*\]")
FACTS = {
    "neighbour": r"Neighbor address: (\S+)",
    "state": r"BGP state: +(\S+)",
    "table": r"Table: +(\S+)",
    "limit": r"Import limit: +(\d+)",
    "action": r"Action: +(\S+)",
    "description": r"Description: +(.*)",
}


class Control:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.data = b""
        self.reply()

    def line(self):
        while b"\n" not in self.data:
            more = self.socket.recv(65536)
            if not more:
                raise OSError("BIRD closed its socket")
            self.data += more
        line, self.data = self.data.split(b"\n", 1)
        return line.decode(errors="replace")

    def reply(self):
        """Lines with their codes; a line without one has that of the line before."""
        lines, code = [], ""
        while True:
            line = self.line()
            found = re.match(r"(\d{4})([- ])(.*)", line)
            if not found:
                lines.append((code, line[1:]))
                continue
            code = found[1]
            lines.append((code, found[3]))
            if found[2] == " ":
                return lines

    def ask(self, command):
        self.socket.sendall(command.encode() + b"\n")
        return [text for code, text in self.reply() if not code.startswith("0")]

    def configure(self):
        """Has the configuration read anew; what is wrong with it, if anything."""
        self.socket.sendall(b"configure\n")
        return "; ".join(text for code, text in self.reply() if code >= "8000")

    def protocols(self):
        protocols = []
        for line in self.ask("show protocols all"):
            words = line.split()
            if line[:1].strip() and len(words) >= 4 and words[0] != "Name":
                protocols.append({"name": words[0], "kind": words[1], "lines": []})
            elif protocols:
                protocols[-1]["lines"].append(line.strip())
        for protocol in protocols:
            for line in protocol["lines"]:
                for name, pattern in FACTS.items():
                    if found := re.match(pattern, line):
                        protocol.setdefault(name, found[1])
        return protocols

    def bfd(self):
        """The state of the BFD session with each address."""
        found = (re.match(r"(\S+)\s+\S+\s+(AdminDown|Down|Init|Up)\b", line) for line in self.ask("show bfd sessions"))
        return {match[1].split("%")[0]: match[2] for match in found if match}

    def routes(self, what):
        """(prefix, name of the protocol, attributes) of each route."""
        routes, prefix, name = [], None, None
        for line in self.ask(f"show route all {what}"):
            if found := ROUTE.match(line):
                prefix = found[1] or prefix
                routes.append((prefix, found[2], {}))
                name = None
            elif routes and (found := re.match(r"\t(?:BGP\.)?(\w+): ?(.*)", line)):
                name = ATTRIBUTES.get(found[1])
                if name:
                    routes[-1][2][name] = found[2]
            elif routes and name and line.startswith("\t\t"):
                routes[-1][2][name] += " " + line.strip()
        return [(prefix, protocol, read_attributes(texts)) for prefix, protocol, texts in routes]

    def count(self, table):
        """Number of networks in a table."""
        for line in self.ask(f"show route table {table} count"):
            if found := re.match(r"\d+ of \d+ routes for (\d+) networks", line):
                return int(found[1])
        return 0


def read_attributes(texts):
    route = {"as_path": [int(asn) for asn in re.findall(r"\d+", texts.get("as_path", ""))]}
    for name in ("communities", "large_communities"):
        found = re.findall(r"\(([\d, ]+)\)", texts.get(name, ""))
        route[name] = sorted_communities(re.sub(r"\s*,\s*", ":", text) for text in found)
    if "otc" in texts:
        route["otc"] = int(texts["otc"].split()[0])
    if "local_pref" in texts:
        route["local_pref"] = int(texts["local_pref"].split()[0])
    if "next_hop" in texts:
        route["next_hop"] = texts["next_hop"].split()[0]
    return route
