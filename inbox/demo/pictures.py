"""Files for the demo: swatches of cloth, a receipt, a short tone for a voice message, a page for a document."""

import io
import math
import random
import struct
import wave
from dataclasses import dataclass

from PIL import Image, ImageDraw

CLOTH = ((236, 231, 220), (38, 63, 99), (176, 92, 66), (122, 134, 92), (214, 178, 182), (96, 108, 118))
WIDTH, HEIGHT = 720, 540


@dataclass(frozen=True)
class Made:
    content: bytes
    mime: str
    name: str = ""
    width: int | None = None
    height: int | None = None


def file_for(kind: str, what: str, chance: random.Random) -> Made:
    if kind == "image":
        return Made(_cloth(chance), "image/jpeg", "", WIDTH, HEIGHT)
    if kind == "voice":
        return Made(_tone(chance.randrange(2, 6)), "audio/wav")
    name = what.partition(" ")[2]
    return Made(_page(name), "application/pdf", name)


def _cloth(chance: random.Random) -> bytes:
    """A weave in one of the shop's colours, folded once."""
    base = chance.choice(CLOTH)
    image = Image.new("RGB", (WIDTH, HEIGHT), base)
    draw = ImageDraw.Draw(image)
    step = chance.choice((12, 18, 24))
    for x in range(0, WIDTH, step):
        shade = int(10 * math.sin(x / 60))
        draw.line([(x, 0), (x, HEIGHT)], fill=tuple(max(0, min(255, c + shade - 6)) for c in base), width=2)
    for y in range(0, HEIGHT, step):
        shade = int(9 * math.sin(y / 45))
        draw.line([(0, y), (WIDTH, y)], fill=tuple(max(0, min(255, c + shade + 5)) for c in base), width=1)
    fold = [(0, HEIGHT * 0.62), (WIDTH, HEIGHT * 0.5), (WIDTH, HEIGHT), (0, HEIGHT)]
    darker = tuple(int(c * 0.86) for c in base)
    draw.polygon(fold, fill=darker)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _tone(seconds: int) -> bytes:
    """A murmur, so that the player has something to play."""
    rate = 8000
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(
            b"".join(
                struct.pack("<h", int(2600 * math.sin(i / 9) * math.sin(i / 700) ** 2))
                for i in range(rate * seconds)
            )
        )
    return out.getvalue()


def _page(title: str) -> bytes:
    """A PDF of one page, with its name on it."""
    out = io.BytesIO()
    image = Image.new("RGB", (620, 800), "white")
    draw = ImageDraw.Draw(image)
    draw.text((48, 60), title, fill=(30, 40, 50))
    for row in range(14):
        draw.line([(48, 130 + row * 40), (572, 130 + row * 40)], fill=(214, 220, 226), width=1)
    image.save(out, "PDF")
    return out.getvalue()
