"""Where we do otherwise than BIND and dnspython, which agree, each with its reason."""


def reason(record, ours, theirs):
    """Why ours may differ from theirs, or None."""
    rtype, text = record
    if rtype == "CDS" and theirs is None and ours.data == "0000000000":
        return "what takes a DS away is written 0 0 0 0 in RFC 8078 section 4"
    if rtype in ("SVCB", "HTTPS") and ours.data is None and text != text.lower():
        return "the name of a parameter has small letters alone (RFC 9460 section 2.1)"
    return None
