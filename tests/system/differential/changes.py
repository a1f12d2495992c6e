"""Answers with one thing changed: what the comparison must not let pass."""

import dns.exception
import dns.flags
import dns.message
import dns.rcode

from differential.comparison import SECTIONS, Comparison, agreement, aspects_of


def _sections(message):
    return dict(zip(SECTIONS, (message.answer, message.authority, message.additional)))


def _flip(flag):
    def change(message):
        message.flags ^= flag
    return change


def _other_rcode(message):
    message.set_rcode(dns.rcode.REFUSED if message.rcode() != dns.rcode.REFUSED else dns.rcode.NOERROR)


def _without_a_record(section):
    def change(message):
        record_sets = _sections(message)[section]
        record_sets[-1].pop()
        if not record_sets[-1]:
            record_sets.pop()
    return change


def _with_another_ttl(section):
    def change(message):
        _sections(message)[section][0].ttl += 1
    return change


def _without_opt(message):
    message.use_edns(False)


def _with_another_version(message):
    if message.edns >= 0:
        message.use_edns(1, message.ednsflags, message.payload, options=message.options)


# (the aspect in which it must show, what to do)
_CHANGES = (*((name, _flip(dns.flags.from_text(name))) for name in ("AA", "RA", "TC", "RD")), ("rcode", _other_rcode),
            ("OPT", _without_opt), ("EDNS version", _with_another_version),
            *((section, change(section)) for section in SECTIONS for change in (_without_a_record, _with_another_ttl)))


def _changed(wire, change):
    """None where there is nothing to change."""
    try:
        message = dns.message.from_wire(wire)
        change(message)
        changed = message.to_wire()
    except (IndexError, AttributeError, dns.exception.DNSException):
        return None
    return changed if aspects_of(changed) != aspects_of(wire) else None


def missed(samples):
    """Tries each change on each recorded exchange: (aspect -> times it was seen, [aspect, question] not seen)."""
    seen, unseen = dict.fromkeys((aspect for aspect, _ in _CHANGES), 0), []
    for question, (*peers, ours) in samples:
        values = [aspects_of(answer) for answer in peers]
        for aspect, change in _CHANGES:
            agreed, _ = agreement(values, aspect)
            changed = _changed(ours, change) if agreed and aspect in values[0] else None
            if changed is None:
                continue
            found = {difference.aspect for difference in Comparison().differences(question, (*peers, changed))}
            if aspect in found:
                seen[aspect] += 1
            else:
                unseen.append((aspect, str(question)))
    return seen, unseen
