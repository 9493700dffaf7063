"""Files a customer may send: small ones of our own making."""

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def read(name: str) -> bytes:
    return (HERE / Path(name).name).read_bytes()
