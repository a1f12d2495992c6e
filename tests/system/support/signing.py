"""OpenDKIM and rspamd as signers and as verifiers, and dkimpy and Mail::DKIM as verifiers, kept running."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import dkim

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a script too
# pylint: disable=wrong-import-position
from support.milter import Milter
from support.programs import ROOT, end, run
from support.resolving import RESOLVER

RSPAMD_PORT = 11333
_INSIDE, _OUTSIDE = "127.0.0.1", "192.0.2.1"
_KEYS = Path("/mnt")
_MESSAGES_A_CONNECTION = 20  # as a mail server's sessions come and go

_RSPAMD = """
options {{
  pidfile = "{directory}/rspamd.pid";
  control_socket = "{directory}/rspamd.sock mode=0600";
  map_watch_interval = 1s;
  map_file_watch_multiplier = 1;
  filters = "dkim";
  url_tld = "{directory}/tld.txt";
  disable_hyperscan = true;
  tempdir = "{directory}";
  dns {{ nameserver = ["{resolver}:53:1"]; timeout = 2s; }}
  neighbours {{}}
}}
logging {{ type = "file"; filename = "{directory}/rspamd.log"; level = "info"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; task_timeout = 20s; enabled = true; }}
"""
_RSPAMD_SIGNING = """
dkim_signing {{
  enabled = true;
  sign_local = true;
  use_domain = "header";
  use_esld = false;
  allow_hdrfrom_mismatch = true;
  allow_username_mismatch = true;
  try_fallback = false;
  path_map = "{keys}/path_map";
  selector_map = "{keys}/selector_map";
}}
dkim {{ }}
modules {{ path = "/usr/share/rspamd/plugins/dkim_signing.lua"; }}
"""

# As deploy/signers.md has it, for a directory with a folder for each domain.
_RSPAMD_SIGNING_FOLDERS = """
dkim_signing {{
  enabled = true;
  sign_condition = <<EOD
{condition}
EOD;
}}
dkim {{ }}
modules {{ path = "/usr/share/rspamd/plugins/dkim_signing.lua"; }}
"""
_MANUAL = ROOT / "deploy/signers.md"
_MANUALS_DIRECTORY = {"rspamd": "/var/lib/rspamd/zonectl", "exim": "/etc/exim4/zonectl"}

_EXIM = """
primary_hostname = mail.example
spool_directory = {directory}/spool
log_file_path = {directory}/log/%slog
qualify_domain = example.com
trusted_users = root
never_users =
acl_not_smtp = accept
begin routers
all:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  self = send
  transport = remote
begin transports
remote:
  driver = smtp
  port = {port}
{signing}
begin retry
* * F,1h,10m
"""

_MAIL_DKIM = r"""
use strict; use warnings; use Mail::DKIM::Verifier;
binmode STDIN; $| = 1;
while (defined(my $size = <STDIN>)) {
  read(STDIN, my $message, $size) == $size or die "short";
  my $verifier = Mail::DKIM::Verifier->new();
  $verifier->PRINT($message); $verifier->CLOSE;
  print $verifier->result_detail, "\n";
}
"""


def signature_header(value):
    """A DKIM-Signature's value as a header of a message."""
    return b"DKIM-Signature: " + re.sub(rb"\r?\n", b"\r\n", value) + b"\r\n"


def selector_of(message):
    return re.search(rb"\bs=([a-z0-9]+);", message).group(1).decode()


# Who owns the stores that OpenDKIM follows: its own user, who may send it a signal without a sudo rule.
SIGNED_FROM = "opendkim"


def signer_directory(name, group, owner="root"):
    """A directory as deploy/signers.md says: the store owner's, with the group of the signer.

    Not below /tmp, where opendkim takes no key: everybody may write there. (The mount is the test's own.)
    """
    if not os.path.ismount(_KEYS):
        run("mount", "-t", "tmpfs", "-o", "mode=0755", "none", _KEYS)
    directory = _KEYS / name
    run("install", "-d", "-o", owner, "-g", group, "-m", "2750", directory)
    return directory


def script(file, text):
    file.write_text("#!/bin/sh\nset -e\n" + text)
    file.chmod(0o755)
    return file


class OpenDkim:
    """One opendkim, as its own user, in the foreground."""

    def __init__(self, directory, purpose, *lines, client):
        work = directory / f"opendkim-{purpose}"
        run("install", "-d", "-o", "opendkim", "-g", "opendkim", "-m", "0750", work)
        self.socket, self.client = work / "socket", client
        self.connection, self.left = None, 0
        config = work / "opendkim.conf"
        config.write_text("\n".join([f"Socket local:{self.socket}", "UserID opendkim", "Syslog no", "Background no",
                                     "AlwaysAddARHeader yes", "AuthservID test.example", "Canonicalization relaxed/simple",
                                     "InternalHosts 127.0.0.1", "OversignHeaders From", *lines, ""]))
        with open(work / "log", "wb") as log:
            self.process = subprocess.Popen(["opendkim", "-f", "-x", str(config)], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)
        self._wait()

    def _wait(self):
        for _ in range(200):
            try:
                Milter(self.socket, self.client).close()
                return
            except (OSError, AssertionError):
                time.sleep(0.05)
        self.stop()
        raise AssertionError("opendkim does not start")

    def headers_for(self, message):
        if self.left == 0:
            self.close()
            self.connection, self.left = Milter(self.socket, self.client), _MESSAGES_A_CONNECTION
        self.left -= 1
        return self.connection.headers_for(message)

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection, self.left = None, 0

    def stop(self):
        self.close()
        end(self.process)


class OpenDkimSigner(OpenDkim):
    name = "opendkim"

    def __init__(self, directory, keys):
        super().__init__(directory, "signer", "Mode s", f"KeyTable file:{keys}/KeyTable",
                         f"SigningTable refile:{keys}/SigningTable", client=_INSIDE)
        # It reads its tables anew for the first connection after the signal.
        script(directory / "reload-opendkim", f"kill -USR1 {self.process.pid}\n")

    @staticmethod
    def _with_signature(headers, message):
        values = [value for name, value in headers if name == b"DKIM-Signature"]
        if len(values) != 1:
            raise AssertionError(f"opendkim made {len(values)} signatures")
        return signature_header(values[0]) + message

    def signed(self, message):
        return self._with_signature(self.headers_for(message), message)

    def signed_apart(self, message):
        """By a connection of its own."""
        milter = Milter(self.socket, self.client)
        try:
            return self._with_signature(milter.headers_for(message), message)
        finally:
            milter.close()


class OpenDkimVerifier(OpenDkim):
    name = "opendkim"

    def __init__(self, directory):
        super().__init__(directory, "verifier", "Mode v", f"Nameservers {RESOLVER}", "On-BadSignature accept", "On-KeyNotFound accept",
                         "On-DNSError accept", client=_OUTSIDE)

    def fault(self, message):
        said = [value for name, value in self.headers_for(message) if name == b"Authentication-Results"]
        return None if said and b"dkim=pass" in said[0] else repr(said)


class RspamdClient:
    """One connection to the rspamd that signs what comes from here, and judges what comes from elsewhere."""

    name = "rspamd"

    def __init__(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", RSPAMD_PORT, timeout=30)

    def check(self, message, client):
        headers = {"IP": client, "From": "tickets@mosamuseum.com", "Rcpt": "visitor@example.com"}
        self.connection.request("POST", "/checkv2", body=message, headers=headers)
        return json.loads(self.connection.getresponse().read())

    def signed(self, message):
        answer = self.check(message, _INSIDE)
        value = answer.get("dkim-signature")
        if not value:
            raise AssertionError(f"rspamd does not sign: {answer}")
        return signature_header((value if isinstance(value, str) else value[0]).encode()) + message

    def selector_for(self, domain):
        """That it signs with; None: it does not sign for this domain."""
        answer = self.check(f"From: tickets@{domain}\r\nSubject: probe\r\n\r\n\r\n".encode(), _INSIDE)
        value = answer.get("dkim-signature")
        return value and selector_of(signature_header((value if isinstance(value, str) else value[0]).encode()))

    def fault(self, message):
        symbols = self.check(message, _OUTSIDE)["symbols"]
        return None if "R_DKIM_ALLOW" in symbols else repr(symbols)

    def stop(self):
        self.connection.close()


def configuration(program, first_line, keys):
    """What the manual tells one to write, from this line to the end of its block, for the directory `keys`."""
    text = _MANUAL.read_text(encoding="utf-8")
    begin = text.index(first_line)
    return text[begin:text.index("```", begin)].replace(_MANUALS_DIRECTORY[program], str(keys))


class Rspamd(RspamdClient):
    """The process too."""

    def __init__(self, directory, keys, signing=_RSPAMD_SIGNING):
        super().__init__()
        work = directory / "rspamd-work"
        run("install", "-d", "-o", "_rspamd", "-g", "_rspamd", "-m", "0750", work)
        config = work / "rspamd.conf"
        (work / "tld.txt").write_text("com\n")  # its own list of thousands takes seconds to load
        config.write_text(_RSPAMD.format(directory=work, port=RSPAMD_PORT, resolver=RESOLVER) + signing.format(keys=keys))
        self.log = work / "rspamd.log"
        self.process = subprocess.Popen(["rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", "-c", str(config)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Its worker looks for changed maps each second, with jitter, and says nothing of it: so it is asked.
        script(directory / "reload-rspamd", f"exec /usr/bin/python3 {__file__} {keys}/selector_map\n")
        self._wait()

    def _wait(self):
        for _ in range(600):
            try:
                self.check(b"From: a@example.com\r\n\r\n", _OUTSIDE)
                return
            except (OSError, http.client.HTTPException):
                self.connection.close()
                time.sleep(0.05)
        self.stop()
        raise AssertionError(f"rspamd does not start:\n{self.log.read_text(errors='replace') if self.log.exists() else ''}")

    def signed_apart(self, message):
        """By a connection of its own."""
        client = RspamdClient()
        try:
            return client.signed(message)
        finally:
            client.stop()

    def stop(self):
        super().stop()
        end(self.process)


class RspamdInFolders(Rspamd):
    def __init__(self, directory, keys):
        condition = configuration("rspamd", "return function(task)", keys).split("\nEOD")[0]
        super().__init__(directory, keys, _RSPAMD_SIGNING_FOLDERS.replace("{condition}", condition.replace("{", "{{").replace("}", "}}")))


class EximInFolders:
    """Exim, started for each message, and the mail server that it delivers to."""

    name = "exim"
    _PORT = 2599

    def __init__(self, directory, keys):
        work = directory / "exim"
        for folder in ("spool", "log"):
            run("install", "-d", "-o", "Debian-exim", "-g", "Debian-exim", "-m", "0750", work / folder)
        self.config = work / "exim.conf"
        signing = configuration("exim", "dkim_domain      = ${lookup{${if", keys)
        self.config.write_text(_EXIM.format(directory=work, port=self._PORT, signing=signing))
        self.server = socket.create_server(("127.0.0.1", self._PORT))
        self.server.settimeout(30)

    def signed(self, message):
        command = ["exim4", "-C", str(self.config), "-odi", "-f", "tickets@mosamuseum.com", "visitor@example.com"]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as exim:
            exim.stdin.write(message.replace(b"\r\n", b"\n"))
            exim.stdin.close()
            connection, _ = self.server.accept()
            with connection, connection.makefile("rwb", buffering=0) as stream:
                delivered = self._receive(stream)
        if b"\r\nDKIM-Signature: " not in b"\r\n" + delivered:
            raise AssertionError("exim does not sign")
        return delivered

    signed_apart = signed

    @staticmethod
    def _receive(stream):
        stream.write(b"220 test ESMTP\r\n")
        delivered = b""
        while line := stream.readline():
            command = line[:4].upper().strip()
            stream.write({b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}.get(command, b"250 ok\r\n"))
            if command == b"QUIT":
                break
            if command == b"DATA":
                while (line := stream.readline()) != b".\r\n":
                    delivered += line[1:] if line.startswith(b"..") else line
                stream.write(b"250 ok\r\n")
        return delivered

    def stop(self):
        self.server.close()


class Dkimpy:
    name = "dkimpy"

    def fault(self, message):
        try:
            return None if dkim.verify(message) else "does not verify"
        except dkim.DKIMException as error:
            return repr(error)

    def stop(self):
        pass


class MailDkim:
    """Perl's Mail::DKIM, asked over a pipe."""

    name = "Mail::DKIM"

    def __init__(self):
        self.process = subprocess.Popen(["perl", "-e", _MAIL_DKIM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def fault(self, message):
        self.process.stdin.write(f"{len(message)}\n".encode() + message)
        self.process.stdin.flush()
        said = self.process.stdout.readline().decode().strip()
        return None if said == "pass" else said or "it has died"

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


def wait_until_rspamd_follows(selector_map):
    """The command of rspamd as a signer: ends when it signs as its map says, for each domain."""
    client = RspamdClient()
    for domain, wanted in re.findall(r"^([^#\s]\S*) (\S+)$", Path(selector_map).read_text(encoding="ascii"), re.M):
        while client.selector_for(domain) != wanted:
            time.sleep(0.1)
    client.stop()


if __name__ == "__main__":
    wait_until_rspamd_follows(sys.argv[1])
