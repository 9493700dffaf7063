"""What PostgreSQL is told at its start."""

import os
from pathlib import Path


def options(sockets: Path, *, fsync: bool) -> list[str]:
    """Settings as arguments; those without `fsync` are for data that nobody will miss."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        "log_min_error_statement": "panic",  # a statement holds its values: addresses, hashes, what people wrote
        "log_error_verbosity": "terse",  # and so does the detail of an error
        "max_connections": "100",
        "jit": "off",  # compiling costs more than our short statements take
        "random_page_cost": "1.1",
        # An import of 100,000 leads writes 0.8 GB of log. A checkpoint within makes it write whole pages once more.
        "max_wal_size": "3GB",
        "min_wal_size": "1GB",  # files that are used again need not be made
        "wal_compression": "on",
        **_memory(),
    }
    if not fsync:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def environment() -> dict[str, str]:
    """Of the server and its programs: nothing of ours, least of all a PGHOST."""
    return {
        "PATH": os.defpath,
        "LC_ALL": "C",
        "TZ": "UTC",
        "PGCONNECT_TIMEOUT": "10",
        "PGCLIENTENCODING": "UTF8",
    }


def _memory() -> dict[str, str]:
    """Modest: a 16th of the machine for the buffers, between 64 MB and 1 GB."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return {
        "shared_buffers": f"{min(1024, max(64, total // 16))}MB",
        "effective_cache_size": f"{max(128, total // 3)}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": f"{min(256, max(32, total // 64))}MB",
    }
