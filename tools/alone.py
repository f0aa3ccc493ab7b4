"""Run a command while no other one runs in this folder: python3 alone.py COMMAND...

The folder itself is locked, so nothing is left behind. All that the command starts holds the lock,
too: what outlives a killed make is waited for.
"""

import os
import sys

try:
    import fcntl
except ImportError:  # no such locks on Windows
    fcntl = None

if __name__ == "__main__":
    if fcntl:
        folder = os.open(".", os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another make is at work in this folder: waiting for it.", file=sys.stderr)
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:  # a file system without locks: nobody can be waited for
            pass
        os.set_inheritable(folder, True)
    os.execvp(sys.argv[1], sys.argv[1:])
