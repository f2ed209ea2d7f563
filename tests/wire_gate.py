"""Hold the bytes on the line against their budgets and the best known. Run alone: late output counts for the next key.

`--write` sets the budgets anew: what was measured and a tenth, where that is less than the budget so far.
"""

import sys

from bench.wire import BUDGETS, SETTINGS, budgets, demo_clinic, misses, play

GATED = {"120×40 256 colours", "80×24 256 colours", "80×24 vt220"}
"""The terminals held to their budgets after the tests; `make bench ARGS=wire` holds all."""


HEADER = """\
# The most bytes of each step of bench/wire.py: as first landed and a tenth. They may only go down.
# 8 colours and vt220 at 120×40 are drawn by the same encoder from the same cells as those held: to hold them as well
# would take the gate twice its time and find nothing else.
"""


def main() -> int:
    """Return 0 when every step is within what it may cost."""
    write, said, most = "--write" in sys.argv, [], budgets()
    with demo_clinic() as database:
        for setting in (setting for setting in SETTINGS if write or str(setting) in GATED):
            steps = play(database, setting)
            sent, best = sum(step.sent for step in steps), sum(step.best for step in steps)
            print(f"{setting}: {sent} bytes, {sent / best:.2f} of the best known", flush=True)
            if write:
                former = most.get(str(setting), {})
                cost = {step.name: step.sent * 11 // 10 for step in steps}
                most[str(setting)] = {name: min(count, former.get(name, count)) for name, count in cost.items()}
            else:
                said += misses(setting, steps)
    if write:
        lines = HEADER.splitlines()
        for setting, steps in most.items():
            held = "Held after the tests." if setting in GATED else "Told by make bench ARGS=wire alone."
            lines += ["", f"# {held}", f'["{setting}"]', *(f'"{name}" = {count}' for name, count in steps.items())]
        BUDGETS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(said or ["bytes on the line: within their budgets"]))
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main())
