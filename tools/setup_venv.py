"""Make .venv, the environment that the book is built and tested in.

Only the standard library is used, and only words that an old Python can parse, so that an
old Python gets a sentence and not a syntax error. A stamp is written as the very last step;
an environment without the right stamp is never trusted.
"""

from __future__ import print_function

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys

OLDEST = (3, 11)  # the pinned numpy, matplotlib and scikit-learn ask for it
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STAMP = "stnlib-stamp.json"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
TAIL = 12  # lines of pip's output that an error shows
NOISE = ("Requirement already satisfied", "Collecting ", "Looking in ", "WARNING: Location ")


class SetupError(Exception):
    """One clear sentence for the reader, with the tail of what a command said."""

    def __init__(self, sentence, tail=()):
        Exception.__init__(self, sentence)
        self.tail = list(tail)


def python_of(venv):
    return os.path.join(venv, "bin", "python")


def python_version():
    return ".".join(str(part) for part in sys.version_info[:3])


def inputs_hash(root):
    """A hash of the files that decide what is installed."""
    digest = hashlib.sha256()
    for name in ("requirements.txt", "pyproject.toml"):
        path = os.path.join(root, name)
        if not os.path.exists(path):
            raise SetupError("There is no {0} in {1}.".format(name, root))
        with open(path, "rb") as file:
            digest.update(name.encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest()


def read_stamp(venv):
    try:
        with open(os.path.join(venv, STAMP)) as file:
            stamp = json.load(file)
    except (OSError, IOError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def write_stamp(venv, stamp):
    path = os.path.join(venv, STAMP)
    with open(path + ".part", "w") as file:
        json.dump(stamp, file, indent=1, sort_keys=True)
    os.rename(path + ".part", path)


def state(root, venv, torch="", chosen=False):
    """"ready", "changed" (install on top) or "missing" (make anew); and the stamp."""
    stamp = read_stamp(venv)
    if stamp is None or not os.path.exists(python_of(venv)):
        return "missing", {}
    if stamp.get("root") != os.path.realpath(root):  # copied or moved: its paths are wrong
        return "missing", {}
    if chosen and stamp.get("python") != python_version():
        return "missing", {}
    if torch and stamp.get("torch") != torch:
        return "missing", {}
    return ("ready" if stamp.get("inputs") == inputs_hash(root) else "changed"), stamp


def check_interpreter():
    if sys.version_info[:2] < OLDEST:
        raise SetupError(
            "The book needs Python {0}.{1} or newer, and {2} is Python {3}: choose another one, "
            "for example `make book PYTHON=python3.12`.".format(
                OLDEST[0], OLDEST[1], sys.executable, python_version()
            )
        )
    for module in ("venv", "ensurepip"):
        try:
            __import__(module)
        except ImportError:
            raise SetupError(
                "{0} has no {1} module, which is needed to make .venv: on Debian or Ubuntu, "
                "`apt-get install python3-venv` brings it.".format(sys.executable, module)
            )


def remove(path):
    """Remove a half-made environment, whatever it is; a second Ctrl-C does not stop this."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not the main thread
        before = None
    try:
        if os.path.islink(path) or os.path.isfile(path):
            os.remove(path)
        elif os.path.isdir(path):
            stamp = os.path.join(path, STAMP)
            if os.path.exists(stamp):
                os.remove(stamp)  # first, so that what is left is not trusted
            shutil.rmtree(path)
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def run(command, what):
    """Run a command, show its downloads, and raise with its last lines when it fails."""
    environment = dict(os.environ, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")
    environment.pop("PYTHONHOME", None)
    lines = []
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        universal_newlines=True,
        env=environment,
    )
    try:
        for line in child.stdout:
            lines.append(line.rstrip())
            if " MB" in line and line.lstrip().startswith("Downloading"):
                print("  " + line.strip())
                sys.stdout.flush()
        code = child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise
    finally:
        child.stdout.close()
    if code != 0:
        raise SetupError(
            "{0} failed, so .venv was removed; put right what is said below and run the "
            "command again.".format(what),
            [line for line in lines if line and not line.startswith(NOISE)][-TAIL:],
        )


def install(root, venv, torch):
    pip = [python_of(venv), "-m", "pip", "install", "--no-input"]
    if torch == "cpu":
        print("  the CPU build of torch, from " + TORCH_CPU_INDEX)
        with open(os.path.join(root, "requirements.txt")) as file:
            pins = [line.split("#")[0].strip() for line in file]
        pin = [line for line in pins if line.startswith("torch==")]
        if len(pin) != 1:
            raise SetupError("requirements.txt should pin torch once, not {0}x.".format(len(pin)))
        run(pip + ["--no-deps", "--index-url", TORCH_CPU_INDEX] + pin, "Installing torch")
    print("  the pinned packages of requirements.txt (a few minutes the first time)")
    sys.stdout.flush()
    requirements = os.path.join(root, "requirements.txt")
    run(pip + ["-r", requirements], "Installing requirements.txt")
    print("  stnlib itself")
    sys.stdout.flush()
    run(pip + ["--no-deps", "--no-build-isolation", "-e", root], "Installing stnlib")


def make(root, venv, torch="", chosen=False):
    """Bring .venv to the state that the stamp promises. True if there was something to do."""
    before, stamp = state(root, venv, torch, chosen)
    if before == "ready":
        return False
    if before == "missing":
        check_interpreter()
    torch = torch or stamp.get("torch", "default")
    version = stamp.get("python", python_version())
    inputs = inputs_hash(root)
    try:
        if before == "missing":
            remove(venv)
            print("Making .venv with Python " + version)
            sys.stdout.flush()
            run([sys.executable, "-m", "venv", venv], "Making the virtual environment")
        else:
            print("The requirements have changed: installing them into .venv")
            os.remove(os.path.join(venv, STAMP))
        install(root, venv, torch)
        write_stamp(
            venv,
            {"inputs": inputs, "python": version, "root": os.path.realpath(root), "torch": torch},
        )
    except BaseException:
        remove(venv)
        raise
    print("  .venv is ready")
    return True


def stop(signum, frame):
    raise KeyboardInterrupt


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description="Make .venv, or leave it alone when it is right.")
    parser.add_argument("--torch", default="", help="cpu: PyTorch's CPU build; empty: pip's way")
    parser.add_argument(
        "--chosen", action="store_true", help="this very Python was asked for, not any that fits"
    )
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, stop)
    try:
        if options.torch not in ("", "cpu", "default"):
            raise SetupError("TORCH is cpu or default, and not {0!r}.".format(options.torch))
        make(root, os.path.join(root, ".venv"), options.torch, options.chosen)
    except SetupError as error:
        print("Error: {0}".format(error), file=sys.stderr)
        for line in error.tail:
            print("    " + line, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before .venv was ready, so it was removed.", file=sys.stderr)
        return 130
    except (OSError, IOError) as error:
        print("Error: could not make .venv: {0}".format(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
