"""Maestral as its daemon runs it: linked with a refresh token, syncing until it is told to stop."""

import signal
import sys
import threading

from maestral.main import Maestral

folder, refresh_token = sys.argv[1:]
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())

maestral = Maestral("twinfold-test")
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
