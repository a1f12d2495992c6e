"""The packages and the release build."""

import subprocess

from sidebyside.options import ROOT
from sidebyside.processes import Failed

TARGETS = ("dnsd", "zonectl", "make_store", "bench_freshness", "echo_floor", "load_generator", "write_questions")
ABOUT = "dnsd is built with CMAKE_BUILD_TYPE=Release: -O3, optimized as a whole when it is linked"


def programs(options, say):
    """The directory of the built programs."""
    if not options.no_build:
        say("packages and build (once; --no-build leaves them as they are)")
        _shown(ROOT / "deploy/install_packages", "build", "bench")
        _shown("cmake", "-S", ROOT, "-B", options.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
               "-DDNSD_TESTS=OFF", "-DDNSD_BENCHMARKS=ON", "--log-level=WARNING")
        _shown("cmake", "--build", options.build, "--target", *TARGETS)
    made = (options.build / "bin").resolve()
    missing = [name for name in TARGETS if not (made / name).exists()]
    if "dnsd" in missing or "load_generator" in missing:
        raise Failed(f"{made} has no {', '.join(missing)}: run it without --no-build")
    return made


def _shown(*command):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=2, check=False)
    if done.returncode != 0:
        raise Failed(f"{command[0]}: exit status {done.returncode}")
