"""What is compared of an answer, aspect by aspect, and where the peers agree with each other.

Each aspect stands for itself: the peers may agree on the rcode of an answer and differ in its authority section, and
then the rcode alone is asked of dnsd. But where they differ in the rcode, sections that are alike are so by chance,
and so is AA where each finds the query wrong in its own way.
"""

from dataclasses import dataclass

import dns.rcode

from differential.exchange import Question
from differential.reading import FLAGS, TSIG, Unreadable, read_answer

SILENCE = "silence"
UNREADABLE = "unreadable"
COOKIE = 10
SECTIONS = ("answer", "authority", "additional")
_ANSWERS = {dns.rcode.NOERROR, dns.rcode.NXDOMAIN, None}  # no error; None: silence, without an rcode


def _records_of(section):
    """As a set; a TSIG is not data."""
    return frozenset(record for record in section if record.type != TSIG)


def _tsig_error(answer):
    """The error that a TSIG in the answer tells: its last field but for the length of other data, which is 0."""
    for record in answer.sections[2]:
        if record.type == TSIG and len(record.data) >= 4:
            return int.from_bytes(record.data[-4:-2], "big")
    return None


def _option_shape(option):
    """Its code; of a cookie also how long it is."""
    code, data = option
    return (code, len(data)) if code == COOKIE else code


def aspects_of(wire):
    """Aspect -> value, of an answer or of silence."""
    if wire is None:
        return {"answered": SILENCE}
    try:
        answer = read_answer(wire)
    except Unreadable as error:
        return {"answered": f"{UNREADABLE}: {error}"}
    aspects = {"answered": "answered", "rcode": answer.rcode, "opcode": answer.opcode, "question": answer.question}
    aspects.update((flag, bool(answer.flags & bit)) for flag, bit in FLAGS.items())
    aspects.update(zip(SECTIONS, map(_records_of, answer.sections)))
    aspects["TSIG error"] = _tsig_error(answer)
    opt = answer.opt
    aspects["OPT"] = len(answer.opts)
    if opt:
        aspects["EDNS version"] = opt.version
        aspects["EDNS flags"] = opt.flags
        aspects["EDNS size"] = opt.udp_bytes
        aspects["EDNS options"] = frozenset(map(_option_shape, opt.options))
    return aspects


@dataclass(frozen=True)
class Difference:
    """One aspect in which the peers agree and dnsd does not."""

    question: Question
    aspect: str
    agreed: object
    ours: object
    answers: tuple  # of the peers and dnsd, as bytes or None

    @property
    def group(self):
        """What differences with one cause are likely to have in common."""
        return self.question.kind, self.aspect, brief(self.aspect, self.agreed), brief(self.aspect, self.ours)


def brief(aspect, value):
    if aspect == "rcode" and isinstance(value, int):
        return dns.rcode.to_text(value)
    if aspect in SECTIONS and isinstance(value, frozenset):
        return f"{len(value)} records" if value else "empty"
    if aspect == "EDNS options" and isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value))) or "none"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value


def agreement(peers, aspect):
    """(whether the peers, as aspects, have one value there that means something, the value)."""
    values = [peer.get(aspect) for peer in peers]
    rcodes = {peer.get("rcode") for peer in peers}
    by_chance = len(rcodes) > 1 and (aspect in SECTIONS or (aspect == "AA" and not rcodes & _ANSWERS))
    return not by_chance and values.count(values[0]) == len(values), values[0]


class Comparison:
    """Compares, and counts what there was to compare."""

    def __init__(self):
        self.questions = 0
        self.agreed = {}  # aspect -> questions in which all the peers have one value
        self.alone = {}  # (kind, aspect, of two of three, ours) -> [count, a question]

    def differences(self, question, answers):
        """`answers`: the peers' and, last, dnsd's."""
        self.questions += 1
        *peers, ours = map(aspects_of, answers)
        found = []
        for aspect in dict.fromkeys(key for peer in peers for key in peer):
            own = ours.get(aspect)
            agreed, value = agreement(peers, aspect)
            if agreed:
                self.agreed[aspect] = self.agreed.get(aspect, 0) + 1
                # A missing answer is one difference, not twenty.
                if own != value and (aspect == "answered" or ours["answered"] == "answered"):
                    found.append(Difference(question, aspect, value, own, tuple(answers)))
            else:
                self._note_alone(question, aspect, [peer.get(aspect) for peer in peers], own)
        return found

    def _note_alone(self, question, aspect, values, own):
        """For people to look at: two of the three agree, and dnsd is with neither side."""
        most = max(values, key=values.count)
        if own not in values and values.count(most) > 1:
            group = question.kind, aspect, str(brief(aspect, most)), str(brief(aspect, own))
            self.alone.setdefault(group, [0, question])[0] += 1
