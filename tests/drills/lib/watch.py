"""Asks dnsd on 127.0.0.1 for one name, twenty times a second, until SIGTERM: watch.py NAME TYPE. Says first that it has
begun, then each new answer with the second in which it was first seen, and at last how many were asked and lost."""

import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "system"))
import dns.exception  # noqa: E402
import dns.query  # noqa: E402
import dns.rcode  # noqa: E402

from support.questions import query  # noqa: E402  pylint: disable=wrong-import-position


def seen(name, record_type):
    """The answer as text; None: lost, asked again once as a resolver does."""
    for _ in range(2):
        try:
            answer = dns.query.udp(query(name, record_type), "127.0.0.1", timeout=2)
            records = sorted(record.to_text() for each in answer.answer for record in each)
            return f"{dns.rcode.to_text(answer.rcode())} {' '.join(records)[:80]}".rstrip()
        except (dns.exception.Timeout, OSError):
            pass
    return None


def main():
    going_on = [True]
    signal.signal(signal.SIGTERM, lambda *_: going_on.clear())
    print("begun", flush=True)
    asked, lost, last, began = 0, 0, None, time.monotonic()
    while going_on:
        answer = seen(*sys.argv[1:3])
        asked, lost = asked + 1, lost + (answer is None)
        if answer != last:
            print(f"+{time.monotonic() - began:.1f} s {answer or 'no answer'}", flush=True)
            last = answer
        time.sleep(0.05)
    print(f"{asked} asked, {lost} lost", flush=True)


if __name__ == "__main__":
    main()
