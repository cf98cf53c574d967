"""Build a synthetic year and verify it: ``python -m bench.year [--visits N] [--database sqlite|postgresql]``.

Prints rows, seconds, entries per second, and what the verification found and took; ends with 1 where it found a fault.
"""

import argparse
import os
import resource
import sys
from pathlib import Path
from typing import Final

from bench.year.build import Year, build
from bench.year.course import Size
from bench.year.database import database
from clinic_api import clock
from clinic_api.audit import queries as log
from clinic_api.audit.rules import Tree, leaf
from clinic_api.oversight import service as oversight
from clinic_api.oversight.rules import Verdict
from tests.builders import Clinic

#: 20 chairs need 20 nurses, 20 who watch, 7 who prescribe and the desk: 49 people beside two administrators.
CHAIRS: Final = 20
BYTES_PER_MB: Final = 1 << 20
KIB_PER_MB: Final = 1 << 10


def main() -> int:
    """Build, verify, print; 1 where something is not as it was written."""
    asked = _asked()
    size = Size()
    with database(asked.database) as (installation, _):
        started = clock.ticks()
        year = build(installation.found(), visits=asked.visits, chairs=asked.chairs, size=size)
        seconds = clock.ticks() - started
        print(
            f"year: database={asked.database} visits={year.visits} entries={year.entries} rows={year.rows} "
            f"seconds={seconds:.1f} entries_per_s={year.entries / seconds:.0f} load={os.getloadavg()[0]:.1f}"
        )
        verdict = _verified(year.house.clinic, asked.database)
        _leaves(year)
    return int(not verdict.sound)


def _verified(clinic: Clinic, kind: str) -> Verdict:
    before = _now_mb()
    started = clock.ticks()
    with clinic.reading():
        verdict = oversight.verify()
    seconds = clock.ticks() - started
    print(
        f"verify: database={kind} entries={verdict.entries} rows={verdict.rows} faults={len(verdict.faults)} "
        f"seconds={seconds:.1f} rows_per_s={(verdict.entries + verdict.rows) / seconds:.0f} "
        f"memory_before_mb={before} memory_peak_mb={_peak_mb()} load={os.getloadavg()[0]:.1f}"
    )
    for fault in verdict.faults[:10]:
        print(f"  {fault.finding}: {fault.where} {fault.detail}")
    return verdict


def _leaves(year: Year) -> None:
    """How fast the leaves and the root are recomputed, the rest of the verification left out."""
    tree = Tree()
    started = clock.ticks()
    with year.house.clinic.reading():
        for salt, canonical in log.hashed_log():
            tree.add(leaf(salt, canonical))
    seconds = clock.ticks() - started
    print(f"leaves: {tree.size} seconds={seconds:.1f} leaves_per_s={tree.size / seconds:.0f}")


def _now_mb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // BYTES_PER_MB


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB_PER_MB


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.year", description=__doc__.partition("\n")[0])
    parser.add_argument("--visits", type=int, default=20_000)
    parser.add_argument("--chairs", type=int, default=CHAIRS, help="each has a nurse and a witness of its own")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
