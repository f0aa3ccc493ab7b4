"""Find Chromium for the browser tests, and install it where the machine allows that quietly."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find():
    """The path of a Chromium or Chrome on PATH, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def may_install():
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install():
    """Ask apt-get for Chromium. True if that worked."""
    print("Installing Chromium with apt-get ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        result = subprocess.run(
            ["apt-get", "-qq", *command],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if result.returncode != 0:
            print("\n".join(result.stdout.splitlines()[-5:]), file=sys.stderr)
            return False
    return True


def ensure():
    """The path of a browser, installed first if need be, or None."""
    path = find()
    if path is None and may_install() and install():
        path = find()
    return path


if __name__ == "__main__":
    found = ensure()
    print(found or "There is no Chromium here, and it cannot be installed.")
    sys.exit(found is None)
