"""Who writes to the demo's shop. Names of the region's commonest, put together by chance."""

import random
from dataclasses import dataclass

FIRST = (
    "María Fernanda", "José Luis", "Guadalupe", "Juan Carlos", "Alejandra", "Miguel Ángel", "Verónica", "Ricardo",
    "Patricia", "Fernando", "Leticia", "Eduardo", "Claudia", "Roberto", "Adriana", "Francisco Javier", "Rosa Isela",
    "Óscar", "Mónica", "Raúl", "Karla", "Gerardo", "Silvia", "Iván", "Norma", "Héctor", "Beatriz", "Arturo", "Lucía",
    "Sergio", "Paola", "Manuel", "Elena", "Víctor", "Yolanda", "Andrés", "Renata", "Ramón", "Itzel", "Ulises",
)  # fmt: skip
LAST = (
    "Hernández", "García", "Martínez", "López", "González", "Rodríguez", "Pérez", "Sánchez", "Ramírez", "Cruz",
    "Flores", "Gómez", "Morales", "Vázquez", "Jiménez", "Reyes", "Díaz", "Torres", "Gutiérrez", "Ruiz", "Mendoza",
    "Aguilar", "Ortiz", "Castillo", "Núñez", "Ibáñez", "Peña", "Domínguez", "Cárdenas", "Villaseñor", "Zúñiga", "Ávila",
)  # fmt: skip
COMPANIES = (
    "Hotel Las Brisas", "Posada del Ángel", "Casa Rural El Encino", "Hostal Zócalo", "Spa Agua Clara",
    "Restaurante La Parroquia", "Boutique Sueños", "Residencias San Ángel", "Hotel Marqués", "Clínica Santa Elena",
    "Blancos y Más", "Eventos Jacaranda", "Cabañas Monte Alto", "Suites Reforma", "Textiles del Bajío",
)  # fmt: skip
PLACES = (
    ("Ciudad de México", "55"), ("Guadalajara", "33"), ("Monterrey", "81"), ("Puebla", "222"), ("Querétaro", "442"),
    ("Mérida", "999"), ("León", "477"), ("Oaxaca", "951"), ("Tijuana", "664"), ("Cancún", "998"),
    ("San Luis Potosí", "444"), ("Morelia", "443"), ("Aguascalientes", "449"), ("Veracruz", "229"),
)  # fmt: skip


@dataclass(frozen=True)
class Customer:
    name: str
    city: str
    digits: str  # as WhatsApp names them: "5215512345678"
    email: str


def customer(chance: random.Random, number: int, *, company: bool) -> Customer:
    """The `number`th; the same number gives another person under another seed."""
    first, last = chance.choice(FIRST), chance.choice(LAST)
    city, area = chance.choice(PLACES)
    name = f"{first} {last}"
    if chance.random() < 0.5:
        name += f" {chance.choice(LAST)}"
    if company:
        name = f"{first} · {chance.choice(COMPANIES)}"
    rest = f"{number:04d}{chance.randrange(10**6):06d}"[: 10 - len(area)]
    plain = f"{first.split()[0]}.{last}".lower().translate(str.maketrans("áéíóúñü", "aeiounu"))
    return Customer(name, city, f"521{area}{rest}", f"{plain}{number}@correo.example")
