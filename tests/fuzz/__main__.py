"""The name of a target and a number of inputs in; every crash, with its smallest input stored in found/, out."""

import argparse
import sys
import time
import warnings
from pathlib import Path

from tests.fuzz import running
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Exit with 1 where something crashed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other inputs")
    parser.add_argument("--crashes", type=int, default=10, help="stop after so many different ones")
    parser.add_argument("--replay", type=Path, help="judge the bytes of this file and nothing else")
    options = parser.parse_args()
    warnings.simplefilter("error")
    target = TARGETS[options.target]()
    if options.replay:
        outcome, crash = running.replay(target, options.replay.read_bytes())
        print(crash or outcome)
        return int(crash is not None)
    started = time.monotonic()

    def tell(result: running.Run) -> None:
        rate = result.inputs / (time.monotonic() - started)
        print(f"{result.inputs:,} inputs, {rate:,.0f} a second, {len(result.crashes)} crashes", file=sys.stderr)

    first = options.seed * 1_000_000
    result = running.run(target, options.inputs, first, options.crashes, tell)
    for outcome, number in result.outcomes.most_common():
        print(f"{number:>10,}  {outcome}")
    print(f"the slowest took {result.slowest * 1000:.0f} ms")
    for crash in result.crashes.values():
        print(f"\n{crash}\nstored as {running.keep(target.name, crash).relative_to(running.FOUND.parent)}")
    return int(bool(result.crashes))


if __name__ == "__main__":
    sys.exit(main())
