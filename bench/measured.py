"""Run one command and print what it cost: user and system seconds, wall seconds, peak KiB, exit code.

To be started as ``python -I -S measured.py COMMAND...``, a process for each measurement: the kernel counts the memory
that a process was forked with into its peak, so what forks has to be smaller than what is measured.
"""

import os
import sys
import time


def main() -> None:
    """Run the command with its output thrown away; its errors go where ours go."""
    command = sys.argv[1:]
    start = time.perf_counter()
    pid = os.fork()
    if not pid:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.execvp(command[0], command)  # noqa: S606  # a fixed argument list, and no shell is the point
        finally:
            os._exit(127)
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    sys.stdout.write(f"{used.ru_utime + used.ru_stime} {wall} {used.ru_maxrss} {os.waitstatus_to_exitcode(status)}\n")


main()
