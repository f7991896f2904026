#!/usr/bin/env python3
"""Sends a signal to a command once a file is there; prints how it ended.

usage: interrupt.py SIGNAL FILE COMMAND...
"""
import os
import signal
import subprocess
import sys
import time

number = getattr(signal, "SIG" + sys.argv[1])
process = subprocess.Popen(sys.argv[3:])
deadline = time.monotonic() + 120
while not os.path.exists(sys.argv[2]) and time.monotonic() < deadline:
    time.sleep(0.01)
process.send_signal(number)
print("ended with", process.wait(120))
