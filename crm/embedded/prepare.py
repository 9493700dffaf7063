"""One Django process for all that comes before the servers: importing Django is what a start pays for.

    python -m crm.embedded.prepare [--build] [--migrate] [--demo FILE]

`--build` compiles the catalogues and collects the assets, `--migrate` migrates, `--demo` makes the demo
workspace and writes what it says (the log-ins) to FILE.
"""

import argparse
import io
import os
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", action="store_true")
    parser.add_argument("--migrate", action="store_true")
    parser.add_argument("--demo", type=Path)
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django
    from django.core.management import call_command

    django.setup()
    if chosen.build:
        os.umask(0o022)  # the checkout may have been made for others, by root
        _timed("compile_catalogues", call_command, "compile_catalogues")
        _timed("build_assets", call_command, "build_assets")
        _timed("collectstatic", call_command, "collectstatic", interactive=False, verbosity=0)
        os.umask(0o077)
    if chosen.migrate:
        _timed("migrate", call_command, "migrate", interactive=False, verbosity=1)
    if chosen.demo:
        said = io.StringIO()
        _timed("demo", call_command, "demo", stdout=said)
        chosen.demo.write_text(said.getvalue())


def _timed(name: str, act: object, *arguments: object, **options: object) -> None:
    began = time.monotonic()
    act(*arguments, **options)  # type: ignore[operator]
    print(f"{name}: {time.monotonic() - began:.2f} s", flush=True)


if __name__ == "__main__":
    main()
