"""Where another judge is known to differ from RFC 7208, and by what that is told.

(judge, reason, (record, ours, theirs) -> is it this?)
"""

import re

_ASKS_FOR_PTR = re.compile(r"\bptr\b|%\{p", re.IGNORECASE)
_BAD_MACRO = re.compile(r"%\{([^slodiphv}]|[a-z]0)", re.IGNORECASE)

KNOWN = [
    ("Mail::SPF", "an IPv4 sender matches ip6:::/0, as its address is taken for one that is mapped into IPv6",
     lambda record, ours, theirs: "ip6:::/0" in record),
    ("Mail::SPF", "of more than ten MX records the first ten are taken (RFC 4408); section 4.6.4 makes it a permerror",
     lambda record, ours, theirs: "mx:many.org" in record and ours == "permerror"),
    ("Mail::SPF", "a macro that there is not is noticed where it is expanded only; section 4.6 wants it at once",
     lambda record, ours, theirs: _BAD_MACRO.search(record) and ours == "permerror"),
    ("Mail::SPF", "a PTR record's name without an address counts as a look-up that finds nothing; we count terms",
     lambda record, ours, theirs: _ASKS_FOR_PTR.search(record) and theirs == "permerror"),
    ("pyspf", "a PTR record's name without an address counts as a look-up that finds nothing; we count terms",
     lambda record, ours, theirs: _ASKS_FOR_PTR.search(record) and theirs == "permerror"),
    ("Mail::SPF", "a redirect counts as a look-up although a term before it has decided",
     lambda record, ours, theirs: "redirect=" in record and theirs == "permerror"),
    ("pyspf", "a macro that keeps 0 parts is taken; section 7.3 forbids it",
     lambda record, ours, theirs: "%{d0}" in record and ours == "permerror"),
]


def reason_for(judge, record, ours, theirs):
    for known, reason, is_this in KNOWN:
        if known == judge and is_this(record, ours, theirs):
            return reason
    return None
