"""What it is all for, on four machines: no mail fails while keys rotate, institutions come, and secondaries go and return.

    tests/system/mail_behind_secondaries_test.py [--long] [--rotations N] [--seed N]

dnsd, NSD, Knot and BIND are the name servers of both zones; each secondary is behind a line that loses a tenth of what it
carries. OpenDKIM and rspamd sign from synced directories without a pause; each mail is judged through Unbound, Knot
Resolver, PowerDNS Recursor and BIND, at once and again some seconds later, as mail under way is. Before each rotation
something happens to one of the secondaries, in turn:

    behind     it is cut off before the next key is published, goes on answering, and is seen so: no rotation until it has it
    stopped    it is stopped before the next key is published, and comes back before the rotation
    away       it is stopped when it has been seen with the next key, which stops no rotation, and comes back behind it

Long: 20 rotations of every institution, instead of 3 (and one before, so that there is a slot that drains).
"""

import argparse
import queue
import re
import statistics
import sys
import threading
import time
import unittest

import dkim
import dns.flags
import dns.message
import dns.query
import dns.rdatatype

from support import namespace
from support.four_servers import KINDS, KEYS, NAMES, FarSecondary, serial_at, start_parents
from support.questions import DKIM_ZONE, until
from support.resolvers import all_resolvers
from support.server import serve
from support.signing import SIGNED_FROM, OpenDkimSigner, Rspamd, selector_of, signature_header, signer_directory
from support.store import new_store
from support.tree import DNSD_ADDRESS, add_address

LOSS = 0.1
POLICY = {"ttl-active": "1s", "ttl-other": "1s", "slack": "1s", "drain": "12s"}
UNDER_WAY_S, LATE_S = 4, 9  # a mail is judged again after the first; after the second it says nothing, as its key may be gone
REFRESH, RETRY = 6, 2       # of the zones: how long an unseen server is waited for
PATIENCE_S = 240            # of a machine that others use, too
BUSY_S = 30                 # what that may add to the second behind a change, and to the 65 of one that can be reached again
CODES = {"mosamuseum": "mosa", "nova": "nova", "orsay": "orsay", "prado": "prado", "rome": "rome", "siena": "siena"}
DOMAINS = {code: f"{label}.com" for label, code in CODES.items()}
FAULTS = ("behind", "stopped", "away")


def mail_of(code, number):
    return (f"From: Tickets <tickets@{DOMAINS[code]}>\r\nTo: visitor@example.com\r\nSubject: Ticket {number}\r\n"
            f"Date: Wed, 25 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{number}@{DOMAINS[code]}>\r\n\r\nSee you.\r\n").encode()


def key_through(resolver):
    """What dkimpy asks for a key. A resolver that does not answer in time is asked again, as mail is tried again."""
    def look_up(name, timeout=5):  # pylint: disable=unused-argument
        asked = dns.message.make_query(name.decode(), "TXT")
        for _ in range(4):
            try:
                answer, _ = dns.query.udp_with_fallback(asked, resolver.address, timeout=15)
            except dns.exception.Timeout:
                continue
            if answer.rcode() != dns.rcode.SERVFAIL:
                texts = [record_set for record_set in answer.answer if record_set.rdtype == dns.rdatatype.TXT]
                return b"".join(texts[0][0].strings) if texts else None
        raise AssertionError(f"{resolver.name} does not answer for {name}")
    return look_up


class Traffic:
    """One thread signs, in turns of the signers and of the institutions that sign; one for each resolver judges."""

    def __init__(self, signers, resolvers):
        self.signers, self.resolvers = signers, resolvers
        self.codes, self.faults, self.stopped = [], [], threading.Event()
        self.judged = {resolver.name: 0 for resolver in resolvers}
        self.too_late = 0
        self.signed = {}
        self.queues = {resolver.name: queue.Queue() for resolver in resolvers}
        self.threads = [threading.Thread(target=self._sign)] + [threading.Thread(target=self._judge, args=(resolver,))
                                                                 for resolver in resolvers]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for each in self.queues.values():
            each.put(None)
        for thread in self.threads:
            thread.join()

    def begins(self, code):
        """It signs from now on, as zonectl has said."""
        self.codes = [*self.codes, code]

    def _sign(self):
        number = 0
        while not self.stopped.is_set():
            number += 1
            for code in self.codes:
                for signer in self.signers:
                    self._sign_one(signer, code, number)
            while not self.stopped.is_set() and any(each.qsize() > 60 for each in self.queues.values()):
                time.sleep(0.05)
            time.sleep(0.05)

    def _sign_one(self, signer, code, number):
        try:
            signed = signer.signed(mail_of(code, number))
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.faults.append(f"{signer.name} does not sign for {code}: {error!r}")
            return
        selector = (code, selector_of(signed))
        self.signed[selector] = self.signed.get(selector, 0) + 1
        now = time.monotonic()
        for each in self.queues.values():
            each.put((now, now, signer.name, code, signed))

    def _judge(self, resolver):
        waiting = self.queues[resolver.name]
        under_way = []
        while True:
            try:
                item = waiting.get(timeout=0.2)
            except queue.Empty:
                item = ()
            if item is None:
                return
            if item:
                self._judge_one(resolver, *item)
                under_way.append(item)
            while under_way and time.monotonic() - under_way[0][1] > UNDER_WAY_S:
                self._judge_one(resolver, *under_way.pop(0))

    def _judge_one(self, resolver, _, at, signer, code, signed):
        if time.monotonic() - at > LATE_S:
            self.too_late += 1
            return
        try:
            passes = dkim.verify(signed, dnsfunc=key_through(resolver))
            why = "does not verify"
        except (dkim.DKIMException, AssertionError) as error:
            passes, why = False, repr(error)
        self.judged[resolver.name] += 1
        if not passes and time.monotonic() - at <= LATE_S:
            self.faults.append(f"{resolver.name}, {code} by {signer} with {selector_of(signed)}, "
                               f"{time.monotonic() - at:.2f} s after it was signed: {why}")


class Signing(OpenDkimSigner):
    """For each message the connection is its own, before which it follows what it was told."""

    def signed(self, message):
        self.close()
        values = [value for name, value in self.headers_for(message) if name == b"DKIM-Signature"]
        assert len(values) == 1, f"{len(values)} signatures"
        return signature_header(values[0]) + message


class BehindSecondaries(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self, "--ns", "ns3.secutix.com", "--ns", "ns4.secutix.com", "--minimum", "1s",
                               owner=SIGNED_FROM)
        for zone in ("dkim.secutix.com", "spf.secutix.com"):
            self.store.zonectl("zone", "set", zone, "--refresh", f"{REFRESH}s", "--retry", f"{RETRY}s")
        with self.store.sql() as database:  # as if it had always been so: nobody goes by the hour of before
            database.execute("DELETE FROM earlier_refresh")
            database.commit()
        for key, value in POLICY.items():
            extra = ("--override", "E_POLICY_FLOOR", "--reason", "test") if key in ("drain", "slack") else ()
            self.store.zonectl("policy", "set", key, value, *extra)
        self.store.zonectl("add", "mosa", "--domain", DOMAINS["mosa"])  # before there is a secondary: it signs at once
        add_address(DNSD_ADDRESS)
        parents = start_parents(self.store.scratch, CODES)
        self.addCleanup(parents.stop)
        self.start_servers()
        self.resolvers = [each for each in all_resolvers() if each.way == "edns1232"]
        for resolver in self.resolvers:
            resolver.start(self.store.scratch)
            self.addCleanup(resolver.stop)
        self.look = ("--resolver", f"{self.resolvers[0].address}:53")
        self.late, self.back, self.refused = [], [], []

    def start_servers(self):
        keys = self.store.scratch / "tsig.keys"
        keys.touch(mode=0o600)
        keys.write_text("".join(key.line for key in KEYS.values()))
        config = self.store.scratch / "dnsd.toml"
        config.write_text(f'[transfer]\ntsig_keys_file = "{keys}"\nnotify_gap_ms = 100\n')
        self.server = serve(self, self.store, "--config", config, listen=(f"{DNSD_ADDRESS}:53",))
        self.secondaries = {}
        for number, kind in enumerate(KINDS):
            self.secondaries[kind] = FarSecondary(self, self.store.scratch, kind, OPTIONS.seed + number, LOSS)
            self.store.zonectl(*self.secondaries[kind].enrolment)
        for kind in KINDS:
            self.wait_until_current(kind)

    def signers(self):
        scratch, made = self.store.scratch, []
        for name, group, program in (("opendkim", "opendkim", Signing), ("rspamd", "_rspamd", Rspamd)):
            directory = signer_directory(f"behind-{name}", group, SIGNED_FROM)
            self.store.zonectl("signer", "add", name, "--format", name, "--dir", directory, "--exec",
                               scratch / f"reload-{name}", expect=4)  # its command is not there yet
            made.append(program(scratch, directory))
            self.addCleanup(made[-1].stop)
        self.store.zonectl("signer", "sync", "--all")
        return made

    # ---- what is waited for ----

    def serial(self):
        return next(zone["serial"] for zone in self.store.json("zone", "list")["zones"]
                    if zone["zone"].rstrip(".") == DKIM_ZONE.rstrip("."))

    def wait_until_current(self, kind):
        """Seconds until it serves what the store has."""
        address = self.secondaries[kind].far_address
        try:
            return until(lambda: serial_at(address) == self.serial(), f"{kind} is current", PATIENCE_S)[1]
        except AssertionError as error:
            log = self.secondaries[kind].log_file.read_text(errors="replace")[-3000:]
            raise AssertionError(f"{error}\n{log}\n{self.server.log[-3000:]}") from None

    def note_how_late(self, without=None):
        """Behind a change: how soon those that are up have it."""
        began = time.monotonic()
        for kind in KINDS:
            if kind != without:
                self.wait_until_current(kind)
                self.late.append(time.monotonic() - began)

    def see_all(self):
        self.store.zonectl("check", "--own", *self.look, "--timeout", "20s", expect=None)

    # ---- a rotation, and what happens before it ----

    def publish_next_keys(self):
        """The old slots have drained, and maintain puts fresh keys there."""
        def refilled():
            self.store.zonectl("maintain")
            return all(not {"DRAINING", "DRAINED"} & set(self.store.slots(code).values()) for code in self.traffic.codes)
        until(refilled, "fresh keys in the drained slots", PATIENCE_S, pause=0.3)

    def rotate(self, code, expect=0):
        return self.store.zonectl("rotate", code, *self.look, expect=expect)

    def check_is_refused(self, kind):
        """While this one was last seen behind: by name, and with what to do. At first the key waits for it (E_NOT_RIPE), for
        refresh + retry after the last look; when that is over its lag is the reason (E_NS_LAG)."""
        self.see_all()
        done = self.rotate("mosa", expect=3)
        if "E_NS_LAG" not in done.stderr:
            self.assertRegex(done.stderr, rf"E_NOT_RIPE.* and ({kind}|{re.escape(NAMES[kind])} \(\S+\)) may still answer with it")
            self.assertRegex(done.stderr, r"or see that \S+.* follows \(zonectl check --own\), or take it out \(zonectl zone set")

        def lags():
            refusal = self.store.zonectl("rotate", "mosa", "--no-look", expect=3).stderr
            return refusal if "E_NS_LAG" in refusal else None
        said = until(lags, "the rotation is refused for the lag", PATIENCE_S, pause=0.5)[0]
        others = "".join(f" --ns {name}" for name in ("ns1.secutix.com", *NAMES.values()) if name != NAMES[kind])
        self.assertIn(f"take {NAMES[kind]} out, of the parent's records first: zonectl zone set dkim.secutix.com{others};", said)
        self.refused.append(kind)

    def rotate_all(self):
        """All have been seen with the next keys: nothing but the time since then is waited for."""
        for code in self.traffic.codes:
            self.store.zonectl("check", code, *self.look, "--timeout", "20s", expect=None)
            def rotated(code=code):
                done = self.rotate(code, expect=None)
                self.assertNotIn("E_NS_LAG", done.stderr)
                self.assertIn(done.returncode, (0, 3), done.stderr)
                return done.returncode == 0
            until(rotated, f"{code} rotates", PATIENCE_S, pause=0.3)

    def bring_back(self, kind, how):
        how()
        self.back.append(self.wait_until_current(kind))

    def one_round(self, fault, kind):
        secondary = self.secondaries[kind]
        if fault == "behind":
            secondary.line.cut()
        elif fault == "stopped":
            secondary.stop()
        self.publish_next_keys()
        self.note_how_late(without=None if fault == "away" else kind)
        if fault == "behind":
            self.check_is_refused(kind)
            self.bring_back(kind, secondary.line.mend)
        elif fault == "stopped":
            self.bring_back(kind, secondary.start)
        else:
            self.see_all()
            secondary.stop()
        self.rotate_all()
        if fault == "away":
            self.bring_back(kind, secondary.start)

    def let_another_begin(self):
        """An institution that comes while there are secondaries: its mail is signed as soon as zonectl says that it signs."""
        for code in CODES.values():
            if code not in self.traffic.codes:
                break
        else:
            return
        self.store.zonectl("add", code, "--domain", DOMAINS[code])

        def signs():
            self.see_all()
            self.store.zonectl("maintain")
            return self.store.json("show", code)["active"]
        until(signs, f"{code} signs", PATIENCE_S, pause=0.3)
        self.traffic.begins(code)

    def test_no_mail_fails(self):
        with Traffic(self.signers(), self.resolvers) as self.traffic:
            self.traffic.begins("mosa")
            self.rotate_all()  # a slot that drains, so that a key is to be published
            for number in range(OPTIONS.rotations):
                self.one_round(FAULTS[number % 3], KINDS[number // 3 % 3])
                if number % 3 == 0:
                    self.let_another_begin()
                self.assertEqual(self.traffic.faults[:5], [])
            time.sleep(UNDER_WAY_S + 1)
        self.report()
        self.assertEqual(self.traffic.faults[:5], [])
        self.assertLess(statistics.median(self.late), 1 + BUSY_S)
        self.assertLess(max(self.back), 65 + BUSY_S)
        for resolver, judged in self.traffic.judged.items():
            self.assertGreater(judged, 20 * OPTIONS.rotations, resolver)
        self.assertEqual({selector for code, selector in self.traffic.signed if code == "mosa"}, {"stxsel1", "stxsel2"})
        self.assertNotIn("level=error", self.server.log)

    def report(self):
        lines = [each.line for each in self.secondaries.values()]
        print(f"{OPTIONS.rotations} rotations of up to {len(self.traffic.codes)} institutions; mail signed "
              f"{sum(self.traffic.signed.values())}, judged {self.traffic.judged}, too late to judge {self.traffic.too_late}; "
              f"refused for {self.refused}; lines lost {sum(line.lost for line in lines)} of "
              f"{sum(line.lost + line.passed for line in lines)}; current behind a change after median "
              f"{statistics.median(self.late):.2f} s, at most {max(self.late):.2f} s; current again after median "
              f"{statistics.median(self.back):.2f} s, at most {max(self.back):.2f} s", file=sys.stderr)


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--rotations", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parsed = parser.parse_args()
    parsed.rotations = parsed.rotations or (20 if parsed.long else 3)
    return parsed


OPTIONS = options()

if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main(argv=sys.argv[:1], warnings="ignore")  # dkimpy calls what dnspython has deprecated
