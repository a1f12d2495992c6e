"""Our evaluation of SPF beside pyspf and Mail::SPF: for our own senders, over generated records and worlds.

Whether mail passes is compared, which is what `zonectl check` says. SPF_WORLDS=2000 takes more of them.
"""

import os
import subprocess
import unittest
from pathlib import Path

from spf_judges import deviations, pyspf_judge, worlds


def lines_of(command, text):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=900)
    return done.stdout.splitlines()


class SpfJudges(unittest.TestCase):
    def test_all_judges_agree_or_differ_for_a_known_reason(self):
        seeds = range(int(os.environ.get("SPF_WORLDS", "300")))
        made = [worlds.make(seed) for seed in seeds]
        text = "".join(line + "\n" for world in made for line in worlds.as_lines(world))
        ours = lines_of([os.environ["SPF_RESULT_BINARY"]], text)
        perl = lines_of(["perl", Path(__file__).parent / "spf_judges" / "mail_spf_judge.pl"], text)
        senders = (*worlds.OURS, *worlds.OTHERS)
        cases = [(world, sender) for world in made for sender in senders]
        self.assertEqual((len(ours), len(perl)), (len(cases), len(cases)))
        unknown, known = [], {}
        for (world, sender), mine, of_perl in zip(cases, ours, perl):
            (record,) = world[0][worlds.DOMAIN]
            theirs = {"Mail::SPF": of_perl, "pyspf": pyspf_judge.result(world, worlds.DOMAIN, sender)}
            for judge, their in theirs.items():
                if (mine == "pass") != (their == "pass"):
                    reason = deviations.reason_for(judge, record, mine, their)
                    if reason:
                        known[(judge, reason)] = known.get((judge, reason), 0) + 1
                    else:
                        unknown.append(f"{judge} says {their}, we say {mine}, of {sender}: {record}")
        for (judge, reason), count in sorted(known.items()):
            print(f"{count:5} {judge}: {reason}")
        print(f"{sum(each == 'pass' for each in ours)} of {len(ours)} pass")
        self.assertEqual(unknown, [], f"{len(unknown)} differences without a reason")
        self.assertGreater(sum(each == "pass" for each in ours), len(ours) // 10)


if __name__ == "__main__":
    unittest.main()
