"""Maestral as its daemon runs it: linked with a refresh token, syncing until it is told to stop."""

import logging
import os
import signal
import sys
import threading

from maestral.constants import IDLE
from maestral.main import Maestral
from maestral.utils.integration import CPU_CORE_COUNT

CONFIG = "twinfold-test"
folder = sys.argv[1]
refresh_token = os.environ.pop("MAESTRAL_REFRESH_TOKEN")
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())


class TellWhenAtRest(logging.Handler):
    """Its own log says so: nothing has to ask for it again and again."""

    def emit(self, record):
        if record.getMessage() == IDLE:
            print("up to date", flush=True)


maestral = Maestral(CONFIG)
logging.getLogger(f"{CONFIG}-maestral").addHandler(TellWhenAtRest())
# By default its threads rest whenever a fifth of the processor is in use.
maestral.sync.max_cpu_percent = 100 * CPU_CORE_COUNT
if maestral.pending_link:
    if maestral.link(refresh_token=refresh_token) != 0:
        sys.exit("could not be linked")
    maestral.create_dropbox_directory(folder)
maestral.start_sync()
print("started", flush=True)
stop.wait()
for error in maestral.sync_errors + maestral.fatal_errors:
    print("error:", error, flush=True)
maestral.stop_sync()
print("stopped", flush=True)
