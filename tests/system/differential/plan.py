"""Which questions are put, from one seed: all the systematic ones, and thrown ones up to the number wanted."""

import itertools
import random

from differential import edns_shapes, headers, lookups, malformed

_CHANGED_SHARE = 0.1


def systematic(rng, catalogue):
    yield from lookups.remembered(rng)
    yield from lookups.present(rng, catalogue)
    yield from headers.opcodes(rng)
    yield from headers.flag_bits(rng)
    yield from headers.responses()
    yield from headers.classes(rng)
    yield from headers.counts()
    yield from headers.meta_types(rng)
    yield from headers.tsig(rng)
    yield from edns_shapes.sizes()
    yield from edns_shapes.options_against_data()
    yield from edns_shapes.versions_and_flags(rng)
    yield from edns_shapes.options(rng)
    yield from edns_shapes.malformed(rng)
    yield from edns_shapes.misplaced()
    yield from malformed.cut_short()
    yield from malformed.trailing()
    yield from malformed.broken_names()
    yield from malformed.lying_counts(rng)
    yield from malformed.lying_records(rng)
    yield from lookups.around(rng, catalogue)


def questions(catalogue, seed, count):
    """At least `count`; the same ones for the same seed and zones. Those that are thrown come on top."""
    rng = random.Random(seed)
    plan = list(systematic(rng, catalogue))
    plan += itertools.islice(malformed.changed(rng, catalogue), int(count * _CHANGED_SHARE))
    plan += itertools.islice(lookups.thrown(rng, catalogue), max(0, count - len(plan)))
    return plan
