"""What the packages are made of, as far as it can be seen without making them: deploy/prove tries the packages themselves."""

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.programs import ROOT, run

DEPLOY = ROOT / "deploy"
DEBIAN = DEPLOY / "debian"


def group(name):
    return [line.split()[1] for line in (DEPLOY / "packages").read_text().splitlines() if line.split()[:1] == [name]]


def control_field(name):
    """The entries of a field of the source's part."""
    source = (DEBIAN / "control").read_text().split("\n\n", maxsplit=1)[0]
    text = re.search(rf"^{name}:((?:.*\n)(?:[ #].*\n?)*)", source + "\n", re.M).group(1)
    return [entry.strip() for entry in re.sub(r"(?m)^#.*", "", text).split(",") if entry.strip()]


def users(file):
    return [re.sub(r"\s+", " ", line) for line in (DEPLOY / file).read_text().splitlines() if line[:2] in ("u ", "m ", "g ")]


class Package(unittest.TestCase):
    def test_it_build_depends_on_the_group_build_and_the_packagers_own_tools(self):
        own = {"debhelper-compat (= 13)", "dh-sequence-installsysusers", "scdoc"}
        depends = control_field("Build-Depends")
        self.assertEqual(sorted(set(depends) - own), sorted(group("build")))
        self.assertEqual(len(depends), len(set(depends)))
        self.assertLessEqual({"debhelper", "scdoc"}, set(group("package")))

    def test_each_package_makes_the_users_alike(self):
        alone, both = users("dnsd.sysusers"), users("zonestore.sysusers")
        self.assertEqual([line for line in both if not line.startswith("g ")], alone)
        self.assertIn("m dnsd zonestore", alone)

    def test_every_unit_is_packaged(self):
        rules = (DEBIAN / "rules").read_text()
        names = re.search(r"for name in ([a-z -]+);", rules).group(1).split()
        units = {file.name for file in DEPLOY.glob("*.service")} | {file.name for file in DEPLOY.glob("*.timer")}
        self.assertEqual(units, {"dnsd.service"} | {f"zonectl-{name}.{kind}" for name in names for kind in ("service", "timer")})

    def test_units_and_rules_name_the_program_and_never_the_wrapper(self):
        for file in [*DEPLOY.glob("*.service"), DEPLOY / "zonestore.sudoers", DEPLOY / "zonectl-operator"]:
            self.assertNotIn("/usr/bin/zonectl", re.sub(r"(?m)^#.*", "", file.read_text()), file)

    def test_no_unit_takes_the_stores_directory_from_systemd(self):
        """It would set the directory's mode back at each start."""
        for file in DEPLOY.glob("*.service"):
            self.assertNotRegex(file.read_text(), r"(?m)^StateDirectory=.*zonestore", file)

    def test_dnsd_starts_with_a_store_or_once_it_has_served_one(self):
        text = (DEPLOY / "dnsd.service").read_text()
        self.assertEqual(re.findall(r"(?m)^Condition\w+=.*", text), [
            "ConditionPathExists=|/var/lib/zonestore/zone.db", "ConditionPathExists=|/var/lib/dnsd/served"])

    def test_a_purge_names_no_file_of_the_operators(self):
        for name in ("dnsd", "zonectl"):
            text = (DEBIAN / f"{name}.postrm").read_text()
            removing = [line.strip() for line in text.splitlines() if re.search(r"\brm\b", line) and "echo" not in line]
            self.assertLessEqual(set(removing), {"[ -s /etc/dnsd/tsig.keys ] || rm -f /etc/dnsd/tsig.keys", "rm -f /var/lib/dnsd/served"})
            self.assertNotIn("userdel", text)

    def purge(self, root):
        """What dnsd's script prints when it purges below another root."""
        script = re.sub(r"(?<=[\s])(?=/(?:etc|var)/)", str(root), (DEBIAN / "dnsd.postrm").read_text())
        return run("sh", "-c", script, "dnsd.postrm", "purge").stdout

    def test_a_purge_leaves_nothing_by_which_a_later_dnsd_would_start_without_a_store(self):
        with tempfile.TemporaryDirectory() as scratch:
            root = Path(scratch)
            keys, mark = root / "etc/dnsd/tsig.keys", root / "var/lib/dnsd/served"
            for file in (keys, mark):
                file.parent.mkdir(parents=True)
                file.touch()
            self.assertEqual(self.purge(root), "")
            self.assertEqual([*(root / "etc").iterdir(), *(root / "var/lib").iterdir()], [])
            self.assertEqual(self.purge(root), "")

    def test_a_purge_keeps_secrets_and_says_where(self):
        with tempfile.TemporaryDirectory() as scratch:
            keys = Path(scratch) / "etc/dnsd/tsig.keys"
            keys.parent.mkdir(parents=True)
            keys.write_text("ns2-key hmac-sha256 c2VjcmV0\n", encoding="ascii")
            self.assertIn(f"{keys.parent} stays", self.purge(scratch))
            self.assertTrue(keys.exists())

    def test_the_maintainers_scripts_are_sound(self):
        for file in DEBIAN.glob("*.post*"):
            run("sh", "-n", file)
            self.assertIn("#DEBHELPER#", file.read_text(), file)

    def test_a_snapshot_sorts_behind_its_release_and_by_time(self):
        versions = ["0.1.0-1", "0.1.0+git20261201090000.fffffff-1", "0.1.0+git20261201110000.0000000-1",
                    "0.1.0+git20261201110000.0000000+dirty-1", "0.1.1-1"]
        for earlier, later in zip(versions, versions[1:]):
            self.assertEqual(subprocess.run(["dpkg", "--compare-versions", earlier, "lt", later], check=False).returncode, 0,
                             (earlier, later))

    def test_the_tree_must_be_whole_and_the_tag_fit(self):
        text = (DEPLOY / "package").read_text()
        version = re.search(r"^project\(dnsd VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(), re.M).group(1)
        self.assertIn(f"dnsd ({version}-1)", (DEBIAN / "changelog").read_text())
        self.assertIn("--dirty", text)


if __name__ == "__main__":
    unittest.main()
