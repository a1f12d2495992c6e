"""What dnsd and zonectl show in Prometheus' text format: fetched over HTTP or from a file, and read strictly."""

import re
import socket
import urllib.error
import urllib.request

SAMPLE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)')
LISTENING = re.compile(r"event=metrics_listening address=\"?([^\s\"]+)\"?")


def parse(text):
    """(name, ((label, value), ...)) -> number. Fails on a line that is none, and on a series that is there twice."""
    samples = {}
    for line in text.splitlines():
        if line.startswith("# "):
            continue
        found = SAMPLE.match(line)
        if not found:
            raise AssertionError(f"no sample: {line!r}")
        labels = tuple(LABEL.findall(found[2] or ""))
        if (found[1], labels) in samples:
            raise AssertionError(f"twice: {line!r}")
        samples[found[1], labels] = float(found[3])
    return samples


def families(text):
    """Those that are shown, by their HELP lines."""
    return set(re.findall(r"^# HELP (\S+) ", text, re.MULTILINE))


def value(samples, name, **labels):
    """The sum over all samples of that name that have these labels."""
    return sum(number for (sample, found), number in samples.items()
               if sample == name and labels.items() <= dict(found).items())


def http_address(server):
    """Where dnsd shows its metrics: "127.0.0.1:9353"."""
    server.wait_for("event=metrics_listening")
    return LISTENING.findall(server.log)[-1]


def get(server, path="/metrics", timeout=30):
    """(status, body)"""
    try:
        with urllib.request.urlopen(f"http://{http_address(server)}{path}", timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def scrape(server):
    status, text = get(server)
    if status != 200:
        raise AssertionError(f"/metrics: {status}")
    return parse(text)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
