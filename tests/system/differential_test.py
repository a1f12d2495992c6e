"""dnsd against NSD, Knot and BIND: the same zones, the same questions, and where all three agree, so does dnsd.

    differential_test.py [--seed N] [--questions N] [--only udp:HEX|tcp:HEX] [arguments of unittest]
"""

import argparse
import sys
import unittest

from differential import changes, report, run
from differential.comparison import SILENCE, Comparison


def options():
    """The arguments of this test; the others are unittest's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--questions", type=int, default=30_000, help="how many at least")
    parser.add_argument("--only", help="one question, as a report shows it: udp:HEX or tcp:HEX")
    return parser.parse_known_args()


OPTIONS, REST = options()


class Differential(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.outcome = run.run(OPTIONS.seed, OPTIONS.questions, OPTIONS.only)
        if OPTIONS.only:
            question, answers = cls.outcome.last
            print(report.exchange(question, cls.outcome.names, answers), flush=True)
        else:
            print(report.summary(cls.outcome), report.alone(cls.outcome.comparison), sep="\n", flush=True)

    def test_where_all_three_peers_agree_dnsd_does_too(self):
        found = self.outcome.unexplained
        if found:
            self.fail(report.unexplained(found, self.outcome.names, sys.argv[0], OPTIONS.seed))

    def test_every_answer_is_of_right_form(self):
        if self.outcome.faults:
            self.fail(report.faults(self.outcome.faults, sys.argv[0], OPTIONS.seed))

    def test_nothing_comes_that_answers_no_question(self):
        self.assertEqual(self.outcome.strays, [])

    def test_zones_come_out_of_the_store_as_they_went_in(self):
        self.assertEqual(self.outcome.altered, [])

    @unittest.skipIf(OPTIONS.only, "takes many questions")
    def test_the_peers_agree_in_nearly_everything(self):
        """Or else the comparison asks for nothing."""
        comparison = self.outcome.comparison
        self.assertGreaterEqual(comparison.questions, OPTIONS.questions)
        for aspect in ("answered", "rcode", "AA", "TC", "answer", "authority", "additional", "OPT"):
            self.assertGreater(comparison.agreed[aspect], 0.8 * comparison.questions, aspect)

    @unittest.skipIf(OPTIONS.only, "takes many questions")
    def test_a_changed_answer_would_be_a_difference(self):
        seen, unseen = changes.missed(self.outcome.samples)
        self.assertEqual(unseen, [])
        self.assertEqual([aspect for aspect, count in seen.items() if count < 10], [], seen)

    @unittest.skipIf(OPTIONS.only, "takes many questions")
    def test_silence_would_be_a_difference(self):
        self.assertGreater(len(self.outcome.samples), 10)
        for question, (*peers, _) in self.outcome.samples[:10]:
            (difference,) = Comparison().differences(question, (*peers, None))
            self.assertEqual((difference.aspect, difference.ours), ("answered", SILENCE))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST])
