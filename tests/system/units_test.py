"""What systemd makes of the units' settings, without running it: how exposed it thinks each service is."""

import json
import re
import unittest

from support.filters import ROOT, allowed_calls, run, settings

# The most that `systemd-analyze security` may give, in tenths. The figure is a floor for review; which system calls are
# made is what system_calls_test looks at.
SCORES = {"dnsd.service": 16, "zonectl-check.service": 16, "zonectl-check-own.service": 16,
          "zonectl-maintain.service": 12}
LANDLOCK = {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"}


def score(unit, threshold, expect):
    run("systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={threshold}", unit, expect=expect)


class Units(unittest.TestCase):
    def test_each_is_as_closed_as_it_is_meant_to_be(self):
        self.assertEqual(set(SCORES), {file.name for file in (ROOT / "deploy").glob("*.service")})
        for unit, most in SCORES.items():
            with self.subTest(unit=unit):
                score(ROOT / "deploy" / unit, most, expect=0)
                score(ROOT / "deploy" / unit, 3, expect=1)

    def test_what_opens_a_service_is_told_by_its_name(self):
        """What each is known to leave open, so that one more is seen."""
        known = {"RootDirectoryOrRootImage", "RestrictAddressFamilies_AF_UNIX", "PrivateUsers", "IPAddressDeny",
                 "SystemCallFilter_privileged"}
        network = {"RestrictAddressFamilies_AF_INET_INET6", "PrivateNetwork"}
        clock = {"SystemCallFilter_clock", "ProtectClock", "ProcSubset"}  # boot id, adjtimex
        for unit, more in {
                "dnsd.service": network | {"SystemCallFilter_resources", "AmbientCapabilities", "DeviceAllow",
                                           "CapabilityBoundingSet_CAP_NET_BIND_SERVICE_BROADCAST_RAW)"},
                "zonectl-check.service": network | clock, "zonectl-check-own.service": network | clock,
                "zonectl-maintain.service": clock | {"UMask"}}.items():
            done = run("systemd-analyze", "security", "--offline=yes", "--json=short", ROOT / "deploy" / unit)
            self.assertEqual({each["json_field"] for each in json.loads(done.stdout) if each["set"] is not True},
                             known | more, unit)

    def test_no_memory_of_theirs_goes_to_a_disk(self):
        for unit in SCORES:
            self.assertEqual(settings(unit, "LimitCORE"), ["0"], unit)

    def test_the_filters_let_in_what_is_meant_and_keep_out_the_rest_of_those_groups(self):
        dnsd = allowed_calls("dnsd.service")
        self.assertLessEqual(LANDLOCK | {"capset", "fchown", "setpriority", "recvmmsg", "sendmmsg"}, dnsd)
        for unit in SCORES:
            allowed = allowed_calls(unit)
            self.assertEqual(allowed & {"setuid", "setresuid", "setgroups", "chroot", "mount", "ptrace", "bpf", "reboot",
                                        "init_module", "sched_setscheduler", "clock_settime", "settimeofday"},
                             set(), unit)
            if unit != "dnsd.service":
                self.assertLessEqual({"adjtimex", "clock_adjtime"}, allowed, unit)

    def test_what_has_the_network_has_no_vault_and_the_other_way_round(self):
        for unit in SCORES:
            has_network = not settings(unit, "PrivateNetwork")
            shut_out = " ".join(settings(unit, "InaccessiblePaths"))
            self.assertEqual(bool(re.search(r"-/var/lib/zonestore/vault\b", shut_out)), has_network, unit)


if __name__ == "__main__":
    unittest.main()
