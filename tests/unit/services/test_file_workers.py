"""Workers are as many as asked for, have one thread each, and never outlive the process they work for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from threadpoolctl import threadpool_info

from services.file_workers import workers

ROOT = Path(__file__).parents[3]
PARENT = """
import os, time
from services.file_workers import workers
with workers(2, mode="fast") as executor:
    print(*{executor.submit(os.getpid).result() for _ in range(20)}, *executor._processes, flush=True)
    time.sleep(60)
"""


def threads():
    return {library["num_threads"] for library in threadpool_info()}


def test_one_process_is_this_one():
    with workers(1, mode="fast") as executor:
        assert executor is None
        assert threads() == {1}


def test_more_processes_have_one_thread_each():
    with workers(2, mode="fast") as executor:
        assert len(executor._processes) == 2
        assert executor.submit(threads).result() == {1}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_workers_end_when_their_parent_is_killed(number):
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        found = {psutil.Process(int(pid)) for pid in parent.stdout.readline().split()}
        assert len(found) == 2
        os.kill(parent.pid, number)
        deadline = time.monotonic() + 20
        while any(map(running, found)) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not [process for process in found if running(process)]


def running(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
