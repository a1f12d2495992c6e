"""The differential test's parts, in the order in which a run passes through them.

    zones, zones/    what is served: written to be difficult; imported by zonectl, exported, and given to all four
    servers          NSD, Knot and BIND with their switches set alike, and dnsd
    names            every name of the zones and those around them
    messages         bytes of a query, right or wrong
    lookups, headers, edns_shapes, malformed
                     the questions, each with its kind
    plan             which of them, from one seed
    exchange         many under way at once; silence without waiting
    reading          an answer as values
    comparison       aspect by aspect: what the three peers agree on is asked of dnsd
    deviations       where dnsd differs on purpose, and why
    judge            what an answer of dnsd must be, whatever the peers say
    changes          answers with one thing wrong, which the comparison must see
    report           what a person reads
    transfers        the same three, and dnsd, where one that has a key may have the zones
    run              puts all of it together
"""
