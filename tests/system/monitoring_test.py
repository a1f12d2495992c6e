"""The monitoring kit: every number has its line in METRICS.md, every rule its proof, and a real Prometheus fires one."""

import json
import re
import shutil
import subprocess
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from support.metrics import free_port, get, http_address
from support.server import serve
from support.store import new_store
from support.questions import until

KIT = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
PROMTOOL = unittest.skipUnless(shutil.which("promtool"), "needs prometheus")
METRIC = re.compile(r"\b(?:dnsd|zonestore)_[a-z_]+\b")
HISTOGRAM_PARTS = ("_bucket", "_sum", "_count")
HEAD = """# Every number that there is

What `dnsd` counts, and below it what `zonectl metrics` reads from the store. Seconds and bytes are the units; what ends
with `_total` only grows, from 0 at each start. `zone` is an apex, `other` all zones after the 63rd. No label names an
institution. This page is compared with the programs by `tests/system/monitoring_test.py`, which prints it, too:
`tests/system/monitoring_test.py --page > deploy/monitoring/METRICS.md`.

| name | kind | labels | what |
|---|---|---|---|
"""


def rows_of(text):
    """name -> (kind, labels, what), from what a program shows."""
    rows = {name: (kind, [], what) for name, what, kind
            in re.findall(r"^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$", text, re.MULTILINE)}
    for name, labels in re.findall(r"^([a-z_]+)\{(.*)\} \S+$", text, re.MULTILINE):
        for part in HISTOGRAM_PARTS:
            name = name if name in rows else name.removesuffix(part)
        known = rows[name][1]
        known += [label for label in re.findall(r'([a-z_]+)="', labels) if label not in [*known, "le"]]
    return rows


def with_what_a_test_store_lacks(rows):
    """Labels of families that have no sample without signers and secondaries."""
    for name, labels in (("zonestore_server_serial", ["zone", "server"]), ("zonestore_signer_open", ["signer"]),
                         ("zonestore_signer_attempts_failed", ["signer"])):
        kind, _, what = rows[name]
        rows[name] = (kind, labels, what)
    return rows


def page_of(rows):
    lines = [f"| `{name}` | {kind} | {', '.join(labels)} | {what} |\n" for name, (kind, labels, what) in sorted(rows.items())]
    return HEAD + "".join(lines)


class Kit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        config = cls.store.scratch / "dnsd.toml"
        config.write_text('[metrics]\nlisten = "127.0.0.1:0"\n')
        cls.server = serve(cls, cls.store, "--config", config)
        cls.text = get(cls.server)[1] + cls.store.zonectl("metrics").stdout
        cls.rows = with_what_a_test_store_lacks(rows_of(cls.text))

    def test_page_has_every_number_and_no_other(self):
        self.maxDiff = None
        self.assertEqual((KIT / "METRICS.md").read_text(), page_of(self.rows))

    def test_rules_and_panels_name_numbers_that_there_are(self):
        for file in ("alerts.yml", "alerts_test.yml", "dashboard.json"):
            for name in set(METRIC.findall((KIT / file).read_text())):
                whole = next((name.removesuffix(part) for part in HISTOGRAM_PARTS if name.removesuffix(part) in self.rows),
                             name)
                self.assertIn(whole, self.rows, file)

    def test_runbook_names_a_section_of_the_manual(self):
        sections = re.findall(r"^#+ (.*)$", (KIT.parent / "README.md").read_text(), re.MULTILINE)
        for named in re.findall(r"^ +runbook: (.*)$", (KIT / "alerts.yml").read_text(), re.MULTILINE):
            self.assertIn(named, sections)

    def test_dashboard_is_what_its_list_makes(self):
        made = subprocess.run([KIT / "make_dashboard"], capture_output=True, text=True, check=True).stdout
        self.assertEqual((KIT / "dashboard.json").read_text(), made)
        board = json.loads(made)
        self.assertEqual((board["id"], board["uid"]), (None, None))
        places = [(each["gridPos"]["x"], each["gridPos"]["y"]) for each in board["panels"]]
        self.assertEqual(len(places), len(set(places)), "two panels in one place")
        for each in board["panels"]:
            if each["type"] != "row":
                self.assertEqual(each["datasource"]["uid"], "${datasource}", each["title"])
                self.assertTrue(each["targets"][0]["expr"], each["title"])
        self.assertLessEqual(max(each["gridPos"]["x"] + each["gridPos"]["w"] for each in board["panels"]), 24)

    @PROMTOOL
    def test_rules_pass_promtool_and_each_has_its_proof(self):
        subprocess.run(["promtool", "check", "rules", "alerts.yml"], cwd=KIT, check=True, capture_output=True)
        subprocess.run(["promtool", "test", "rules", "alerts_test.yml"], cwd=KIT, check=True, capture_output=True)
        alerts = set(re.findall(r"- alert: (\S+)", (KIT / "alerts.yml").read_text()))
        proofs = (KIT / "alerts_test.yml").read_text()
        for alert in alerts:
            self.assertIn(f"# {alert}\n", proofs)
            self.assertIn(f"# {alert}: must not fire\n", proofs)

    @PROMTOOL
    def test_numbers_pass_promtool(self):
        done = subprocess.run(["promtool", "check", "metrics"], input=self.text, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


@PROMTOOL
class Prometheus(unittest.TestCase):
    def test_sees_that_the_store_cannot_be_used(self):
        store = new_store(self)
        config = store.scratch / "dnsd.toml"
        config.write_text('[metrics]\nlisten = "127.0.0.1:0"\n')
        server = serve(self, store, "--config", config)
        rules = (KIT / "alerts.yml").read_text().replace("for: 2m", "for: 1s")
        (store.scratch / "alerts.yml").write_text(rules)
        (store.scratch / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [alerts.yml]\n"
            f"scrape_configs: [{{job_name: dnsd, static_configs: [{{targets: ['{http_address(server)}']}}]}}]\n")
        port = free_port()  # Prometheus does not say which it has taken
        prometheus = subprocess.Popen(
            ["prometheus", f"--config.file={store.scratch}/prometheus.yml", f"--web.listen-address=127.0.0.1:{port}",
             f"--storage.tsdb.path={store.scratch}/tsdb"], stderr=subprocess.DEVNULL)
        self.addCleanup(prometheus.wait)
        self.addCleanup(prometheus.terminate)

        def told(path):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}", timeout=30) as answer:
                    return json.load(answer)["data"]
            except urllib.error.URLError:
                return {}

        def firing():
            return {alert["labels"]["alertname"] for alert in told("alerts").get("alerts", [])
                    if alert["state"] == "firing"}
        until(lambda: told("query?query=dnsd_store_usable").get("result"), "the first scrape", timeout=120)
        self.assertNotIn("StoreUnusable", firing())
        store.path.rename(store.path.with_name("gone"))
        until(lambda: "StoreUnusable" in firing(), "the alert", timeout=120)


def print_page():
    class Page(Kit):
        def runTest(self):
            print(page_of(self.rows), end="")
    unittest.TestSuite([Page()]).run(unittest.TestResult())


if __name__ == "__main__":
    import sys
    print_page() if sys.argv[1:] == ["--page"] else unittest.main()
