"""Give Dagster's programs a clock that can be moved; Python reads this when they start.

So many seconds as stand in the file that CLOCK names the time of day is ahead, for all that asks `time.time` or
Dagster. How long anything waits stays as it is; but a loop of the daemon that waits for its time looks every quarter
of a second whether the clock has come there meanwhile.
"""

import os
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

MOST_S = 0.25
_file, _time, _wait = Path(os.environ["CLOCK"]), time.time, threading.Event.wait


def _moved_time() -> float:
    return _time() + float(_file.read_text(encoding="ascii"))


def _moved_datetime() -> datetime:
    return datetime.fromtimestamp(_moved_time(), UTC)


def _wait_shortly(event: threading.Event, timeout: float | None = None) -> bool:
    return _wait(event, timeout and min(timeout, MOST_S))


_unmoved = SimpleNamespace(**vars(time))
time.time = _moved_time
if any("_daemon" in argument for argument in sys.orig_argv):
    threading.Event.wait = _wait_shortly

import dagster._time  # noqa: E402  (what stands above is to be done before)
import grpc._channel  # noqa: E402
import grpc._server  # noqa: E402

dagster._time._mockable_get_current_datetime = _moved_datetime
# These hand the time at which a wait is over to C, which knows no other clock than the machine's.
for module in (grpc._channel, grpc._server, grpc._cython.cygrpc):
    module.time = _unmoved
