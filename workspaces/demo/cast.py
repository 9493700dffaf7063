"""Who is in the demo. Everyone's password is the same, and told to whoever starts it."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workspaces.models import Colour

PASSWORD = "demo-cauce-2026"  # noqa: S105 (of the demo, which is never reachable from outside)
DOMAIN = "demo.cauce"


@dataclass(frozen=True)
class Account:
    """A log-in to try. `role` is translated."""

    role: object
    name: str
    email: str
    password: str = PASSWORD


@dataclass(frozen=True)
class Character:
    """`team` and `device` are indexes of what follows; `day` is when they joined, counted from the first."""

    name: str
    handle: str
    role: str = "seller"
    team: int | None = None
    device: int = 0
    day: int = 1
    tools: tuple[str, ...] = ()
    switches: dict[str, bool] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.handle}@{DOMAIN}"


OWNER = Character("Ana Prieto", "ana", "owner", device=1)
ADMINS = (
    Character("Luis Ortega", "luis", "admin", device=0, day=1),
    Character("Sofía Mendoza", "sofia", "seller", team=2, device=2, day=2),  # made an admin later on
)
SELLERS = (
    Character("Diego Ramírez", "diego", team=0, device=0, day=2, tools=("workspaces.see_people",)),
    Character("Valeria Torres", "valeria", team=0, device=3, day=2, tools=("workspaces.see_people",)),
    Character("Jorge Luis Peña", "jorge", team=0, device=4, day=3),
    Character("Camila Ríos", "camila", team=1, device=3, day=3, switches={"sees_phones": False}),
    Character("Emilio Vargas", "emilio", team=1, device=5, day=4, switches={"sees_unassigned": False}),
    Character("Daniela Nava", "daniela", team=1, device=1, day=5),
    Character("Rodrigo Salas", "rodrigo", team=2, device=4, day=6),
    Character("Ximena Cruz", "ximena", team=2, device=2, day=9, switches={"sees_phones": False}),
)
LEAVER = Character("Héctor Lozano", "hector", team=0, device=0, day=2)
OTHER_OWNER = Character("Bruno Salgado", "bruno", "owner", device=1)
OTHER_SELLER = Character("Irene Garza", "irene", device=3, day=4)
OPERATOR = Character("Olivia Operadora", "operador", "operator")

TEAMS = (("Mayoreo", Colour.TEAL), ("Menudeo", Colour.AMBER), ("Posventa", Colour.VIOLET))
HOLIDAYS = (
    (9, 16, "Día de la Independencia"),
    (11, 2, "Día de Muertos"),
    (12, 25, "Navidad"),
    (1, 1, "Año Nuevo"),
)
DEVICES = (
    (
        "189.203.14.27",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36",
    ),
    (
        "189.203.14.27",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
    ),
    ("187.190.33.8", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"),
    (
        "200.68.128.91",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Version/17.6 Safari/604.1",
    ),
    (
        "201.141.77.102",
        "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36",
    ),
    (
        "187.190.33.8",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
    ),
)


def accounts() -> list[Account]:
    """The log-ins to offer; none where this is no demo."""
    if not settings.DEMO:
        return []
    return [
        Account(_("Owner"), OWNER.name, OWNER.email),
        Account(_("Admin"), ADMINS[0].name, ADMINS[0].email),
        Account(_("Seller"), SELLERS[0].name, SELLERS[0].email),
        Account(_("Operator"), OPERATOR.name, OPERATOR.email),
    ]
