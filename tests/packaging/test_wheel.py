"""The wheel carries everything and runs in an environment that holds nothing else of the project."""

import subprocess
import sys
import sysconfig
import venv
import zipfile

import pytest

from tests.test_import_arrows import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--disable-pip-version-check", "-w", folder, ROOT.parent],
        check=True,
    )  # fmt: skip
    return next(folder.glob("ctfront-*.whl"))


def test_the_wheel_ships_styles_and_migrations(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {str(path.relative_to(ROOT.parent)) for path in ROOT.rglob("*") if path.is_file()}
    wanted = {name for name in sources if not name.endswith((".pyc",)) and "__pycache__" not in name}
    assert wanted <= names


def test_the_wheel_runs_by_itself(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", wheel], check=True
    )
    inside = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    libraries = sysconfig.get_path("purelib")
    with open(f"{inside}/libraries.pth", "w", encoding="utf-8") as path:
        path.write(libraries)
    answer = subprocess.run(
        [tmp_path / "env" / "bin" / "ctfront", "--version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert answer.stdout.startswith("ctfront")
