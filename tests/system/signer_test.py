"""Mail is signed at full speed by OpenDKIM and rspamd from synced directories while rotations run: all of it verifies.

    tests/system/signer_test.py [--messages 10000] [--rotations 10]

Without options a short form, for CI. Every message is judged by dkimpy, OpenDKIM, rspamd and Mail::DKIM, through a
strict resolver, while the next are being signed.
"""

import argparse
import os
import queue
import sys
import threading
import time
import unittest

from support import namespace
from support.resolving import DNSD_ADDRESS, World
from support.server import serve
from support.signing import (SIGNED_FROM, Dkimpy, EximInFolders, MailDkim, OpenDkimSigner, OpenDkimVerifier, Rspamd, RspamdClient,
                             RspamdInFolders, selector_of, signer_directory)
from support.store import new_store

WAITING_MESSAGES = 20  # signed and not yet judged: far fewer than a drain's seconds of judging
POLICY = {"ttl-active": "1s", "ttl-other": "1s", "slack": "1s", "drain": "4s"}


def message(number):
    return (f"From: Mosa Museum <tickets@mosamuseum.com>\r\nTo: visitor@example.com\r\nSubject: Ticket {number}\r\n"
            f"Date: Wed, 25 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{number}@mosamuseum.com>\r\n\r\n"
            f"Your number is {number}.\r\n").encode()


class Traffic:
    """Threads that sign, and one for each verifier."""

    def __init__(self, signers, verifiers):
        self.signers, self.verifiers = signers, verifiers
        self.stopped = threading.Event()
        self.faults, self.signed = [], {signer.name: {} for signer in signers}
        self.queues = [queue.Queue(WAITING_MESSAGES) for _ in verifiers]
        self.judged = [0 for _ in verifiers]
        self.threads = [threading.Thread(target=self._sign, args=(signer,)) for signer in signers]
        self.judges = [threading.Thread(target=self._judge, args=(index,)) for index in range(len(verifiers))]

    def start(self):
        for thread in [*self.judges, *self.threads]:
            thread.start()

    def count(self):
        return sum(sum(by_selector.values()) for by_selector in self.signed.values())

    def _sign(self, signer):
        number = 0
        while not self.stopped.is_set():
            number += 1
            try:
                done = signer.signed(message(number))
            except Exception as error:  # pylint: disable=broad-exception-caught
                self.faults.append(f"{signer.name} did not sign: {error!r}")
                return
            by_selector = self.signed[signer.name]
            by_selector[selector_of(done)] = by_selector.get(selector_of(done), 0) + 1
            for each in self.queues:
                each.put((signer.name, done, time.monotonic()))

    def _judge(self, index):
        verifier = self.verifiers[index]
        while (item := self.queues[index].get()) is not None:
            signer, signed, at = item
            try:
                fault = verifier.fault(signed)
            except Exception as error:  # pylint: disable=broad-exception-caught
                fault = repr(error)
            self.judged[index] += 1
            if fault:
                self.faults.append(f"{verifier.name} of {signer}, {selector_of(signed)}, "
                                   f"{time.monotonic() - at:.2f} s after it was signed: {fault}")

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        for each in self.queues:
            each.put(None)
        for judge in self.judges:
            judge.join()


class Rotations:
    """What each set of signers must stand."""

    def setUp(self):
        self.store = new_store(self, "--minimum", "1s", owner=SIGNED_FROM)
        for key, value in POLICY.items():
            extra = ("--override", "E_POLICY_FLOOR", "--reason", "test") if key in ("drain", "slack") else ()
            self.store.zonectl("policy", "set", key, value, *extra)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")

    def rotate_when_ripe(self):
        """One rotation in its turn: the old slot has drained and maintain has put a fresh key there, which has ripened."""
        for _ in range(600):
            self.store.zonectl("maintain")
            if self.store.json("show", "mosa")["can_rotate"]:
                return self.store.json("rotate", "mosa")["to"]
            time.sleep(0.2)
        raise AssertionError(f"never ripe: {self.store.zonectl('show', 'mosa').stdout}")

    def test_mail_verifies_at_every_instant_of_rotations(self):
        serve(self, self.store, listen=(f"{DNSD_ADDRESS}:53",))
        world = World(self.store.scratch, self.store.instructed_lines("mosa"))
        self.addCleanup(world.stop)
        signers = self.started_signers()
        verifiers = [Dkimpy(), OpenDkimVerifier(self.store.scratch), RspamdClient(), MailDkim()]
        for verifier in verifiers:
            self.addCleanup(verifier.stop)
        traffic = Traffic(signers, verifiers)
        began = time.monotonic()
        traffic.start()
        try:
            for _ in range(OPTIONS.rotations):
                now = self.rotate_when_ripe()
                for signer in signers:  # acknowledged means: from now on with the new key
                    self.assertEqual(selector_of(signer.signed_apart(message(0))), f"stx{now}", signer.name)
            while traffic.count() < OPTIONS.messages and not traffic.faults:
                time.sleep(0.1)
        finally:
            traffic.stop()
        print(f"{traffic.count()} messages in {time.monotonic() - began:.1f} s, {OPTIONS.rotations} rotations: "
              f"{traffic.signed}; judged {dict(zip([v.name for v in verifiers], traffic.judged))}; "
              f"{len(traffic.faults)} faults", file=sys.stderr)
        self.assertEqual(traffic.faults[:10], [])
        self.assertEqual(traffic.judged, [traffic.count()] * len(verifiers))
        for by_selector in traffic.signed.values():
            self.assertEqual(set(by_selector), {"stxsel1", "stxsel2"})


class Signers(Rotations, unittest.TestCase):
    def started_signers(self):
        scratch = self.store.scratch
        directories = {name: signer_directory(name, group, SIGNED_FROM)
                       for name, group in (("opendkim", "opendkim"), ("rspamd", "_rspamd"))}
        for name, directory in directories.items():
            self.store.zonectl("signer", "add", name, "--format", name, "--dir", directory, "--exec",
                               scratch / f"reload-{name}", expect=4)  # its command is not there yet
        signers = [OpenDkimSigner(scratch, directories["opendkim"]), Rspamd(scratch, directories["rspamd"])]
        for signer in signers:
            self.addCleanup(signer.stop)
        self.assertEqual(self.store.zonectl("status", expect=None).returncode, 1)
        self.store.zonectl("signer", "sync", "--all")
        self.store.zonectl("status")
        return signers


class SignersInFolders(Rotations, unittest.TestCase):
    """They read the folder of the domain for each message: nobody has to tell them."""

    def started_signers(self):
        signers = []
        for name, group, program in (("rspamd", "_rspamd", RspamdInFolders), ("exim", "Debian-exim", EximInFolders)):
            directory = signer_directory(f"{name}-{self._testMethodName}", group, SIGNED_FROM)
            self.store.zonectl("signer", "add", name, "--format", f"{name}-folders", "--dir", directory)
            signers.append(program(self.store.scratch, directory))
            self.addCleanup(signers[-1].stop)
        self.store.zonectl("status")
        return signers

    def test_a_domain_that_has_left_is_signed_no_more(self):
        rspamd, exim = self.started_signers()
        self.store.zonectl("domain", "remove", "mosa", "mosamuseum.com")
        for signer in (rspamd, exim):
            with self.assertRaisesRegex(AssertionError, "does not sign"):
                signer.signed(message(1))


class Ed25519(unittest.TestCase):
    """OpenDKIM cannot sign with it and would hold the mail up: it is refused. rspamd signs, with the key in its form."""

    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com", "--key", "ed25519", "--override", "E_KEY_TYPE",
                           "--reason", "test")

    def test_opendkim_is_refused(self):
        directory = signer_directory("opendkim-ed25519", "opendkim")
        done = self.store.zonectl("signer", "add", "od", "--format", "opendkim", "--dir", directory, expect=3)
        self.assertIn("E_SIGNER_KIND", done.stderr)
        self.assertEqual(os.listdir(directory), [])

    def test_what_rspamd_signs_verifies(self):
        serve(self, self.store, listen=(f"{DNSD_ADDRESS}:53",))
        world = World(self.store.scratch, self.store.instructed_lines("mosa"))
        self.addCleanup(world.stop)
        directory = signer_directory("rspamd-ed25519", "_rspamd")
        self.store.zonectl("signer", "add", "rspamd", "--format", "rspamd", "--dir", directory)
        signer = Rspamd(self.store.scratch, directory)
        self.addCleanup(signer.stop)
        signed = signer.signed(message(1))
        self.assertIn(b"a=ed25519-sha256", signed)
        self.assertIsNone(Dkimpy().fault(signed))


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--rotations", type=int, default=2)
    return parser.parse_args()


OPTIONS = options()

if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main(argv=sys.argv[:1], warnings="ignore")  # dkimpy calls what dnspython has deprecated
