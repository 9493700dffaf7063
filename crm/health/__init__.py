"""Is this process well, and is the installation ready.

`/healthz` answers while the process can answer at all: what a supervisor restarts by, and a proxy sends traffic by.
`/readyz` asks everything registered here: what an alarm and a deployment go by. A Redis that is down makes it say 503,
though pages still work.

    health.register_check("search", check)   # from AppConfig.ready(); `check` returns, or raises NotReady("why")
"""

from __future__ import annotations

from crm.health.registry import NotReady, Report, Result, register_check, report

__all__ = ["NotReady", "Report", "Result", "register_check", "report"]
