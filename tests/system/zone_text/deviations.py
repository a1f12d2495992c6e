"""Where BIND and dnspython agree and we do otherwise, each with its reason."""


def reason(record, ours, theirs):
    """Why ours may differ from theirs, or None."""
    rtype = record[0]
    if theirs is None or ours.data is not None:
        return None
    if rtype in ("TLSA", "SMIMEA") and "a digest of type" in ours.why:
        return "a digest of another length than its kind has never matches (RFC 6698 section 2.1.3)"
    if rtype == "CDS" and ("algorithm 0" in ours.why or "digest type 0" in ours.why):
        return "algorithm 0 asks for the removal of the DS, and then all is 0 (RFC 8078 section 4)"
    if rtype == "ZONEMD" and "a digest" in ours.why:
        return "a digest of another length than its kind has never matches (RFC 8976 section 2.2.4)"
    return None
