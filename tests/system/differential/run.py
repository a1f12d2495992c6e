"""One whole run: the stores and servers, the questions, and what became of them."""

import contextlib
import time
from dataclasses import dataclass, field

from differential import judge, plan, zones
from differential.comparison import Comparison
from differential.deviations import DEVIATIONS, deviation_of
from differential.exchange import Line, Question, batches, put
from differential.names import Catalogue
from differential.servers import start_dnsd, start_peers
from support.store import Store

_SAMPLE = 50  # every so many-th exchange is kept for the test of the comparison itself


@dataclass
class Outcome:
    comparison: Comparison = field(default_factory=Comparison)
    unexplained: list = field(default_factory=list)
    explained: dict = field(default_factory=lambda: {deviation.name: 0 for deviation in DEVIATIONS})
    faults: list = field(default_factory=list)  # (question, sentence, answer)
    samples: list = field(default_factory=list)  # (question, answers) without a difference
    strays: list = field(default_factory=list)
    altered: list = field(default_factory=list)  # zones that did not come out of the store as they went in
    names: tuple = ()
    last: tuple = ()  # the last question and its answers
    seconds: float = 0.0
    amplified: tuple = (0.0, None)  # the most bytes that one byte over UDP brought, and the question

    def add(self, question, answers):
        self.last = question, answers
        differences = self.comparison.differences(question, answers)
        for difference in differences:
            deviation = deviation_of(difference)
            if deviation:
                self.explained[deviation.name] += 1
            else:
                self.unexplained.append(difference)
        if question.kind == "lookup" and not differences and self.comparison.questions % _SAMPLE == 0:
            self.samples.append((question, answers))
        if answers[-1] is not None:
            self._judge(question, answers[-1])

    def _judge(self, question, ours):
        factor = len(ours) / len(question.wire)
        if factor > self.amplified[0] and not question.tcp:
            self.amplified = factor, question
        sentence = judge.fault_of(question, ours)
        if sentence:
            self.faults.append((question, sentence, ours))


@contextlib.contextmanager
def four_servers():
    """The zones as written and as served, and a Line to each server, dnsd's last."""
    with contextlib.ExitStack() as stack:
        store = Store()
        stack.callback(store.close)
        written = zones.written_zones(store.scratch)
        zones.fill(store, written)
        served = zones.exported(store, [*zones.OURS, *(zone.name for zone in written)])
        peers = start_peers(store.scratch, served, stack)
        dnsd = start_dnsd(store, stack)
        lines = [Line(peer.name, peer.address) for peer in peers] + [Line("dnsd", dnsd.address())]
        for line in lines:
            stack.callback(line.close)
        yield written, served, lines


def ask(lines, questions):
    outcome = Outcome(names=tuple(line.name for line in lines))
    began = time.monotonic()
    for batch in batches(questions):
        for question, answers in zip(batch, put(lines, batch)):
            outcome.add(question, answers)
    outcome.strays = lines[-1].strays
    outcome.seconds = time.monotonic() - began
    return outcome


def run(seed, count, only=None):
    """`only`: one question as a report shows it, udp:HEX or tcp:HEX."""
    with four_servers() as (written, served, lines):
        if only:
            transport, _, wire = only.partition(":")
            questions = [Question("repeated", bytes.fromhex(wire), tcp=transport == "tcp", alone=True)]
        else:
            questions = plan.questions(Catalogue(served), seed, count)
        outcome = ask(lines, questions)
        outcome.altered = [zone.name for zone, given in zip(served[len(zones.OURS):], written)
                           if zones.differ(zone, given)]
        return outcome
