"""Hold the bytes on the line against their budgets and the best known. Run alone: late output counts for the next key.

`--write` sets the budgets anew: what was measured and a tenth. They may only go down.
"""

import sys

from bench.wire import BUDGETS, SETTINGS, better_of_two, budgets, demo_clinic, misses, run_script

GATED = {"120×40 256 colours", "80×24 256 colours", "80×24 vt220"}
"""The terminals held to their budgets after the tests; `make bench ARGS=wire` holds all."""


def main() -> int:
    """Return 0 when every step is within what it may cost."""
    write, said, most = "--write" in sys.argv, [], budgets()
    with demo_clinic() as database:
        for setting in (setting for setting in SETTINGS if write or str(setting) in GATED):
            steps = run_script(database, setting)
            if write or misses(setting, steps):
                steps = better_of_two(steps, run_script(database, setting))
            sent, best = sum(step.sent for step in steps), sum(step.best for step in steps)
            print(f"{setting}: {sent} bytes, {sent / best:.2f} of the best known", flush=True)
            if write:
                most[str(setting)] = {step.name: step.sent * 11 // 10 for step in steps}
            else:
                said += misses(setting, steps)
    if write:
        lines = ["# The most bytes of each step of bench/wire.py: as first landed and a tenth. They may only go down."]
        for setting, steps in most.items():
            lines += ["", f'["{setting}"]', *(f'"{name}" = {count}' for name, count in steps.items())]
        BUDGETS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(said or ["bytes on the line: within their budgets"]))
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main())
