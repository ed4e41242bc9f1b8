"""A server that is told to end does end, whatever its threads are doing.

Python runs no signal handler while a thread holds the interpreter, as a runaway pattern does for hours. What the C code
below it does at once is to write the signal's number to a file descriptor; at its other end waits a small process that
ends this one for good when the time is up. It ends by itself when this process has ended.
"""

import os
import signal
import subprocess
import sys

_WATCH = """
import os, select, signal, sys, time
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(each, signal.SIG_IGN)
pid, timeout_s = int(sys.argv[1]), float(sys.argv[2])
while (told := os.read(0, 1)) and told[0] not in (signal.SIGINT, signal.SIGTERM):
    pass
end = time.monotonic() + timeout_s
while told and (left := end - time.monotonic()) > 0:
    if select.select([0], [], [], left)[0]:
        told = os.read(0, 1)
if told:
    os.write(2, b"On Record did not end within %g s of being told to; it was ended.\\n" % timeout_s)
    os.kill(pid, signal.SIGKILL)
"""


def end_for_sure(timeout_s: float) -> None:
    """From now on this process is killed so long after a SIGINT or SIGTERM for which it has a handler.

    To be called in the main thread, once, by a program that serves and does nothing else.
    """
    if os.name != "posix":
        return
    told, tell = os.pipe()
    subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _WATCH, str(os.getpid()), str(timeout_s)],
        stdin=told, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    os.close(told)
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
