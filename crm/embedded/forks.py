"""Python processes that start with everything imported: forks of the supervisor.

Five processes that each import Django, Celery and the rest take ten seconds of two cores and five times the memory.
The supervisor imports the libraries once, nothing of the project and no settings, and each process begins as its
copy. It has one thread, so that a fork is whole.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from crm.embedded.errors import Refusal

PR_SET_NAME = 15
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)

# What takes the time, by its outermost module; none of these reads settings when imported.
LIBRARIES = (
    "PIL.Image",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.thread",
    "celery.worker.components",
    "cryptography.fernet",
    "csp.middleware",
    "django.contrib.admin",  # by guardian
    "django.contrib.postgres.fields",
    "django.contrib.postgres.search",
    "django.contrib.staticfiles.storage",
    "django.core.cache.backends.redis",
    "django.core.handlers.wsgi",
    "django.core.management",
    "django.db.backends.postgresql.base",
    "django.db.migrations.executor",
    "django.template.backends.django",
    "django.template.backends.jinja2",
    "django.views.generic",
    "django_htmx.middleware",
    "environs",
    "fido2.webauthn",
    "granian.cli",
    "granian.server",
    "httpx",
    "kombu.transport.redis",
    "redis.asyncio",
    "whitenoise.storage",
)

_libc = ctypes.CDLL(None, use_errno=True)


def preload() -> None:
    """Import the libraries, once. Raises Refusal where one is missing."""
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise Refusal(f"The environment is broken: {error}. Remove .venv and start again.") from error
    gc.collect()
    gc.freeze()  # the collector would otherwise write to every shared page


class Fork:
    """As much of `subprocess.Popen` as a child needs."""

    def __init__(
        self,
        name: str,
        module: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        output: int,
        prepare: Callable[[], None],
    ) -> None:
        """`python -m module arguments`; `prepare` is called in the child first, `output` is its log's descriptor."""
        self._code: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # our handlers must not run in the child
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _run(name, module, arguments, env=env, cwd=cwd, output=output, prepare=prepare)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def poll(self) -> int | None:
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(
    name: str,
    module: str,
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    output: int,
    prepare: Callable[[], None],
) -> NoReturn:
    """In the child: become a process of its own, run the module, and never return to the supervisor's code."""
    code = 1
    try:
        prepare()
        _become(name, env=env, cwd=cwd, output=output)
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        if isinstance(leaving.code, str):
            sys.stderr.write(f"{leaving.code}\n")
    except BaseException:  # noqa: BLE001 - the end of a process: what an interpreter does at its own
        traceback.print_exc()
    finally:
        try:
            threading._shutdown()  # type: ignore[attr-defined]
            atexit._run_exitfuncs()
            with contextlib.suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
        finally:
            os._exit(code)


def _become(name: str, *, env: Mapping[str, str], cwd: Path, output: int) -> None:
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, place in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, place)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the lock of the data directory above all
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.chdir(cwd)
    os.umask(0o077)  # what a process writes into the data directory is nobody else's
    os.environ.clear()
    os.environ.update(env)
    _libc.prctl(PR_SET_NAME, f"cauce-{name}".encode(), 0, 0, 0)
