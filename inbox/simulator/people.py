"""People who do not exist, with names and numbers that could."""

import secrets
import unicodedata

from inbox.simulator.web import Payload

FIRST = (
    "Valentina", "Mateo", "Camila", "Santiago", "Ximena", "Emiliano", "Renata", "Joaquín", "Lucía", "Bruno", "Paloma",
    "Iker", "Abril", "Tomás", "Jimena", "Gael", "Antonella", "Facundo", "Itzel", "Ulises", "Noemí", "Begoña", "Íñigo",
    "Martina", "Álvaro", "Rocío", "Ezequiel", "Guadalupe", "Néstor", "Yolanda",
)  # fmt: skip
LAST = (
    "Ríos", "Peña", "Salgado", "Ibáñez", "Cárdenas", "Quiroga", "Muñoz", "Villaseñor", "Arango", "Bermúdez", "Escobedo",
    "Figueroa", "Gallardo", "Huerta", "Jaramillo", "Lozano", "Montes", "Núñez", "Olvera", "Pacheco", "Robledo", "Tapia",
    "Urrutia", "Zavala", "Echeverría", "del Río", "Aguirre", "Beltrán",
)  # fmt: skip
# country code and area, digits after it; the mobile digit of Mexico and Argentina as WhatsApp writes it
NUMBERS = (
    ("52155", 8), ("52133", 8), ("52181", 8), ("521998", 7), ("573", 9), ("549116", 7), ("569", 8), ("519", 8),
    ("346", 8), ("5939", 8),
)  # fmt: skip


def somebody(*, hides_phone: bool = False) -> Payload:
    """Name and phone; with `hides_phone` a username in its place."""
    name = f"{secrets.choice(FIRST)} {secrets.choice(LAST)}"
    prefix, rest = secrets.choice(NUMBERS)
    phone = (
        prefix + str(secrets.randbelow(8) + 1) + "".join(str(secrets.randbelow(10)) for _ in range(rest - 1))
    )
    if not hides_phone:
        return {"name": name, "phone": phone}
    return {"name": name, "phone": phone, "username": username(name), "hides_phone": True}


def username(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return ".".join(plain.split()) + str(secrets.randbelow(90) + 10)
