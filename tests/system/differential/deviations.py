"""Where dnsd differs from all three peers on purpose: each with the reason, and as narrow as can be.

A predicate sees one difference: the question, the aspect, and what both sides say. It may not be wider than its
reason, since whatever it takes out is not tested.
"""

import functools
import struct
from collections.abc import Callable
from dataclasses import dataclass

import dns.rcode

from differential.comparison import SECTIONS, Difference
from differential.reading import AA, CNAME, NS, OPT, TC, TSIG, Unreadable, read_answer, read_name
from differential.servers import NSID, UDP_BYTES

NSID_OPTION, EDE, ZONEVERSION = 3, 15, 19
NSEC3 = b"\0\x32"
MOST_AMPLIFICATION = 14
FORMERR, NOTIMP = int(dns.rcode.FORMERR), int(dns.rcode.NOTIMP)


@dataclass(frozen=True)
class Deviation:
    name: str
    reason: str  # and the RFC
    applies: Callable[[Difference], bool]


def _ours(difference):
    return read_answer(difference.answers[-1])


def _peers(difference):
    return [read_answer(answer) for answer in difference.answers[:-1]]


def _codes(answer):
    return {code for code, _ in answer.opt.options} if answer.opt else set()


@functools.lru_cache(1024)
def _query(wire):
    """As a message, or None."""
    try:
        return read_answer(wire)
    except Unreadable:
        return None


def _how_many_say(difference, rcode):
    return sum(answer.rcode == rcode for answer in _peers(difference))


@functools.lru_cache(1024)
def _records_by_length(wire):
    """The types of the records behind the question, skipped by their lengths; None where that does not come out."""
    try:
        counts = struct.unpack_from("!HHHH", wire, 4)
        at, types = 12, []
        for _ in range(counts[0]):
            _, at = read_name(wire, at)
            at += 4
        for _ in range(sum(counts[1:])):
            while wire[at] and wire[at] < 64:
                at += 1 + wire[at]
            at += 1 if wire[at] == 0 else 2
            record_type, length = struct.unpack_from("!H6xH", wire, at)
            types.append(record_type)
            at += 10 + length
    except (Unreadable, struct.error, IndexError):
        return None
    return types if at == len(wire) else None


def _is_empty_on_truncation(difference):
    """Of the peers some leave the SOA out instead, and then say nothing of it."""
    ours = _ours(difference)
    return (difference.aspect in SECTIONS and bool(ours.flags & TC) and not any(ours.sections)
            and any(answer.flags & TC for answer in _peers(difference)))


def _is_glue_that_does_not_fit(difference):
    """Of big.cuts.test, which has 13 name servers below itself, two addresses each."""
    if difference.question.tcp or difference.aspect not in ("authority", "TC"):
        return False
    referrals = all(not answer.flags & AA and len(answer.sections[1]) == 13 and len(answer.sections[2]) < 26
                    and {record.type for record in answer.sections[1]} == {NS} for answer in _peers(difference))
    ours = _ours(difference)
    return referrals and bool(ours.flags & TC) and not any(ours.sections)


def _is_too_much_for_its_query(difference):
    """The bound on amplification: so many times the query's bytes."""
    question, ours = difference.question, _ours(difference)
    if question.tcp or difference.aspect not in ("TC", *SECTIONS) or not ours.flags & TC or any(ours.sections):
        return False
    return max(map(len, difference.answers[:-1])) > MOST_AMPLIFICATION * len(question.wire)


def _is_extended_error(difference):
    return (difference.aspect == "EDNS options" and difference.ours - difference.agreed == {EDE}
            and difference.agreed < difference.ours and _ours(difference).rcode != 0)


def _zone_versions_in(difference):
    """The data of each ZONEVERSION in the query."""
    query = _query(difference.question.wire)
    return [data for opt in query.opts for code, data in opt.options if code == ZONEVERSION] if query else []


def _is_zone_version(difference):
    return (difference.aspect == "EDNS options" and difference.ours - difference.agreed == {ZONEVERSION}
            and _zone_versions_in(difference) != [])


def _is_malformed_zone_version(difference):
    return _ours(difference).rcode == FORMERR and any(_zone_versions_in(difference))


def _is_opt_of_broken_query(difference):
    types = _records_by_length(difference.question.wire)
    return (difference.aspect == "OPT" and (difference.agreed, difference.ours) == (0, 1)
            and (types is None or TSIG in types) and _ours(difference).rcode in (FORMERR, NOTIMP))


def _is_growing_chain(difference):
    """Below grow.dname.test, whose DNAME leads below itself."""
    name, _ = read_name(_ours(difference).question, 0)
    return (difference.aspect in ("TC", "answer") and name.endswith(b"\x04grow\x05dname\x04test\0")
            and not difference.question.tcp and bool(_ours(difference).flags & TC))


def _is_nsid_without_room(difference):
    """Asked for, and so long that with it the answer would be over one of its limits."""
    ours, query = _ours(difference), _query(difference.question.wire)
    if difference.question.tcp or query is None or NSID_OPTION not in _codes(query) or ours.flags & TC:
        return False
    limit = min(max(query.opt.udp_bytes, 512), UDP_BYTES, MOST_AMPLIFICATION * len(difference.question.wire))
    return NSID_OPTION not in _codes(ours) and ours.size + 4 + len(NSID) > limit


def _is_nsec3_at_an_alias(difference):
    """NSD has no CNAME for this type, Knot and BIND do not leave the zone: they agree by chance."""
    ours = _ours(difference)
    return (difference.aspect in ("rcode", "authority", "additional") and ours.question[-4:-2] == NSEC3
            and any(record.type == CNAME for record in ours.sections[0])
            and not all(answer.sections[0] for answer in _peers(difference)))


DEVIATIONS = (
    Deviation("all glue or TC",
              "a referral with a part of its in-domain glue is truncated, and says so (RFC 9471 section 3.1)",
              _is_glue_that_does_not_fit),
    Deviation("empty on truncation",
              "with TC we send no record at all, so that nobody takes a part for the whole (RFC 2181 section 9)",
              _is_empty_on_truncation),
    Deviation("more than fourteen times its query",
              "is truncated over UDP, unless a cookie shows that the sender's address is real (RFC 5358 section 1)",
              _is_too_much_for_its_query),
    Deviation("extended errors",
              "we say why we refuse where the peers do not (RFC 8914)", _is_extended_error),
    Deviation("ZONEVERSION",
              "these versions of the peers do not know the option (RFC 9660)", _is_zone_version),
    Deviation("malformed ZONEVERSION",
              "in a query its length is 0, else FORMERR (RFC 9660 section 3.1)", _is_malformed_zone_version),
    Deviation("OPT behind which a query breaks off",
              "comes back in the error (RFC 6891 section 6.1.1)", _is_opt_of_broken_query),
    Deviation("chain without end",
              "each follows it to a depth of its own; at ours it does not fit, and is truncated (RFC 6672 section 2.2)",
              _is_growing_chain),
    Deviation("NSID without room",
              "an NSID that does not fit beside the answer is left out, not the answer (RFC 5001 section 2.1)",
              _is_nsid_without_room),
    Deviation("NSEC3 at an alias",
              "the alias is followed as for any other type, and into all our zones (RFC 1034 section 4.3.2, step 3a)",
              _is_nsec3_at_an_alias),
)


def deviation_of(difference):
    """The first that applies, or None. Whether there is an answer at all is never a matter of choice."""
    if difference.aspect == "answered":
        return None
    return next((deviation for deviation in DEVIATIONS if deviation.applies(difference)), None)
