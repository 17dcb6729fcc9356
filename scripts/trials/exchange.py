"""A small exchange of its own for a trial: its settings, its database, servers that run on it, and clients."""

import base64
import collections
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.parse

PASSWORD = "a long password for trials 1"
KEY_HEADER = "X-IXP-Manager-API-Key"
ROUTERS = 8

SETTINGS = """\
APP_KEY=base64:{app_key}
IXPD_DATA_DIR={data}
IXPD_SCHEDULER=off
IXPD_IRR_BACKEND=off
IXPD_LOG=warn
APP_URL=http://127.0.0.1
MAIL_MAILER=log
BCRYPT_ROUNDS=10
2FA_ENFORCE_FOR_USERS=4
IXP_FE_API_KEYS_MAX=1000000
IDENTITY_LEGALNAME="Trial IX"
IDENTITY_ORGNAME="Trial IX"
IDENTITY_NAME="Trial IX"
IDENTITY_SITENAME="Trial IX"
IDENTITY_CITY=Cork
IDENTITY_COUNTRY=IE
IDENTITY_EMAIL=noreply@example.net
IDENTITY_SUPPORT_EMAIL=noreply@example.net
IDENTITY_BILLING_EMAIL=noreply@example.net
IDENTITY_CORPORATE_URL=https://www.example.net/
"""


class Failure(Exception):
    """What a trial found wrong."""


def check(condition, message):
    if not condition:
        raise Failure(message)


class Findings:
    """What was wrong, all of it, where one fault doesn't make the rest meaningless."""

    def __init__(self):
        self.messages = []

    def check(self, condition, message):
        if not condition:
            self.messages.append(message)
            print(f"  WRONG: {message}", flush=True)

    def tell(self):
        check(not self.messages, "; ".join(self.messages))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def summary(self):
        return "a page" if self.body.startswith("<!") else self.body[:200]

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """One connection that is kept; opened anew when the server has closed it."""

    def __init__(self, port, key=None, timeout=30):
        self.port, self.key, self.timeout = port, key, timeout
        self.connection = None
        self.cookies = {}

    def request(self, method, path, form=None):
        """The answer; raises OSError or HTTPException where none came, so that nothing is known of the request."""
        headers = {KEY_HEADER: self.key} if self.key else {}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            answer = Answer(response.status, response.headers, response.read().decode())
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, form=None):
        return self.request("POST", path, form or {})

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Browser(Client):
    """A session of the superuser, as a page's forms use it."""

    def log_in(self):
        self.post("/login", {"_token": self.field("/login", "_token"), "username": "admin", "password": PASSWORD})
        page = self.get("/api-key/list")
        check(page.status == 200, f"no login: /api-key/list answers {page.status}")
        return self

    def field(self, path, name):
        page = self.get(path)
        found = re.search(rf'name="{name}" value="([^"]*)"', page.body)
        if found is None:
            raise Refused(page)
        return found.group(1)

    def create_key(self, description):
        """A new key of full level: its answer, and its text where there is one."""
        try:
            csrf = self.field("/api-key/list", "_token")
            token = self.field("/api-key/create", "form_token")
        except Refused as refused:
            return refused.answer, None
        answer = self.post("/api-key/store", {"_token": csrf, "form_token": token, "access": "full", "description": description})
        key = re.search(r"ixpm_[A-Za-z0-9]{12}_[A-Za-z0-9]+", answer.body)
        return answer, key and key.group(0)

    def delete_key(self, number):
        try:
            csrf = self.field("/api-key/list", "_token")
        except Refused as refused:
            return refused.answer
        return self.post(f"/api-key/delete/{number}", {"_token": csrf, "_method": "DELETE"})


class Refused(Exception):
    """A page without the form that was asked for."""

    def __init__(self, answer):
        super().__init__(answer.status)
        self.answer = answer


class Server:
    """`ixpd serve` on a port of loopback."""

    def __init__(self, exchange, settings, prefix=()):
        self.port = free_port()
        self.log = exchange.work / f"server-{self.port}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*prefix, exchange.program, "--env-file", settings, "serve", "--listen", f"127.0.0.1:{self.port}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={"PATH": os.environ["PATH"]}, cwd=exchange.work)

    def wait(self, seconds=30):
        """Until it answers `/readyz`, whatever the answer."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                break
            try:
                return Client(self.port, timeout=5).get("/readyz")
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
        raise Failure(f"the server doesn't start:\n{self.text()[-2000:]}")

    def text(self):
        return self.log.read_text(errors="replace")

    def complaints(self, most=8):
        """The most frequent lines of the log, without their times."""
        lines = collections.Counter(re.sub(r"^\S+Z +", "", line) for line in self.text().splitlines())
        return [f"{count} x {line[:300]}" for line, count in lines.most_common(most)]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure("the server doesn't end within 30 s of SIGTERM") from None


class Exchange:
    """The database with routers, a note and a superuser's key, and the servers started on it."""

    def __init__(self, program, work, urls=(), client="mariadb", data=None):
        self.program, self.work = str(program), pathlib.Path(work)
        self.client, self.urls = client, list(urls)
        self.data = pathlib.Path(data or self.work / "data")
        self.data.mkdir(parents=True, exist_ok=True)
        self.servers = []
        self.app_key = base64.b64encode(os.urandom(32)).decode()
        self.settings = [self.write_settings(number, url) for number, url in enumerate(self.urls or [None])]

    def write_settings(self, number, url):
        path = self.work / f"settings-{number}.env"
        path.write_text(SETTINGS.format(data=self.data, app_key=self.app_key) + (f"DATABASE_URL={url}\n" if url else ""))
        return str(path)

    def run(self, *arguments, settings=None):
        """What a command of ixpd prints."""
        done = subprocess.run(
            [self.program, "--env-file", settings or self.settings[0], *arguments], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, cwd=self.work, env={"PATH": os.environ["PATH"], "IXP_SETUP_ADMIN_PASSWORD": PASSWORD})
        check(done.returncode == 0, f"ixpd {' '.join(arguments)} ends with {done.returncode}: {done.stderr[-1000:]}")
        return done.stdout.strip()

    def fill(self):
        self.run("setup", "--shortname", "trial", "--asn", "64496", "--admin-name", "Ann", "--admin-username", "admin",
                 "--admin-email", "ann@example.net", "--yes")
        self.sql("INSERT INTO vlan (id, name, number, private, infrastructureid, peering_matrix, peering_manager)"
                 " VALUES (1, 'Peering', 10, 0, 1, 0, 0)")
        for number in range(1, ROUTERS + 1):
            self.sql("INSERT INTO routers (vlan_id, handle, protocol, type, name, shortname, router_id, peering_ip, asn, software,"
                     " mgmt_host, api_type, quarantine, bgp_lc, template, skip_md5) VALUES"
                     f" (1, 'rs{number}', 4, 1, 'Route server {number}', 'rs{number}', '192.0.2.{number}', '192.0.2.{number}',"
                     " 64500, '1', '192.0.2.1', 0, 0, 1, 'api/v4/router/server/bird2/standard', 0)")
        self.key = self.run("api-key", "create", "--user", "admin", "--access-level", "full")
        return self

    def sql(self, statement, node=0):
        """Rows, as texts."""
        if not self.urls:
            with sqlite3.connect(self.data / "ixpd.db", timeout=30) as database:
                return [[str(cell) for cell in row] for row in database.execute(statement)]
        url = urllib.parse.urlsplit(self.urls[node])
        done = subprocess.run(
            [self.client, "--no-defaults", "-h", url.hostname, "-P", str(url.port), "-u", url.username, "-N", "-B",
             url.path.lstrip("/")], input=statement, capture_output=True, text=True, timeout=60,
            env={"PATH": os.environ["PATH"], "MYSQL_PWD": url.password})
        check(done.returncode == 0, f"{statement}: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def start(self, node=0, prefix=()):
        server = Server(self, self.settings[node], prefix)
        self.servers.append(server)
        return server

    def serve(self, node=0):
        """A server that is ready."""
        server = self.start(node)
        answer = server.wait()
        check(answer.status == 200, f"/readyz of a new server answers {answer.status}: {answer.body}")
        return server

    def notes(self):
        """Ids of the notes that the database holds."""
        return {int(row[0]) for row in self.sql("SELECT id FROM cust_notes")}

    def keys(self):
        """Number of each key by its identifier, the part of its text that isn't secret."""
        return {row[1]: int(row[0]) for row in self.sql("SELECT id, token_identifier FROM api_keys")}

    def close(self):
        for server in self.servers:
            if server.process.poll() is None:
                server.process.send_signal(signal.SIGKILL)
                server.process.wait()


def create_note(client, title):
    """The answer, and the id of the note where it was created."""
    answer = client.post("/admin/api/v4/customer-note/create/customer/1", {"title": title, "note": "text"})
    return answer, answer.json["noteid"] if answer.status == 200 else None
