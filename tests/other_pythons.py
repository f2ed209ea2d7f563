"""Run domain, services and the wire stories on the other supported interpreters that are installed here.

Nothing is downloaded but the packages; one line says which ran.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.12", "3.13")


def interpreter(version: str) -> str | None:
    """Return a python of that version that runs, on the PATH or among pyenv's."""
    candidates = [shutil.which(f"python{version}")]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += [str(path / "bin" / "python") for path in sorted(pyenv.glob(f"{version}.*"), reverse=True)]
    for candidate in candidates:
        if candidate and subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def run(version: str, python: str, folder: Path, wheel: Path) -> None:
    """Install the wheel in an environment of its own and run the tests against it."""
    home = folder / version
    subprocess.run([python, "-m", "venv", home], check=True)
    inside = home / "bin" / "python"
    subprocess.run(
        [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{wheel}[dev]"], check=True
    )
    tests = home / "tests"
    shutil.copytree(ROOT / "tests", tests)
    shutil.copy(ROOT / "pyproject.toml", home)
    command = [inside, "-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider"]
    subprocess.run([*command, "tests/domain", "tests/services"], cwd=home, check=True)
    # With both cores loaded they run where everything does; here the interpreter is what differs.
    subprocess.run([*command, "tests/screens", "-m", "wire", "-k", "not loaded"], cwd=home, check=True)


def main() -> int:
    """Return 0 when everything that could run passed."""
    ran, failed = [sys.version.split()[0]], False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--disable-pip-version-check",
             "--no-build-isolation", "-w", folder, ROOT],
            check=True,
        )  # fmt: skip
        wheel = next(folder.glob("*.whl"))
        for version in VERSIONS:
            if python := interpreter(version):
                begun, outcome = time.monotonic(), ""
                try:
                    run(version, python, folder, wheel)
                except subprocess.CalledProcessError as error:
                    outcome, failed = f" FAILED at {' '.join(map(str, error.cmd[1:]))}", True
                ran.append(f"{version} in {time.monotonic() - begun:.0f} s{outcome}")
    print(f"ran on Python {', '.join(ran)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
