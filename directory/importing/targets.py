"""What a column may become."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CUSTOM = "custom:"  # and the number of a custom field
NEW = "new:"  # and the kind of a custom field that is to be made


@dataclass(frozen=True)
class Target:
    """`repeats`: several columns may be it. `words`: headers that mean it, folded, divided by |."""

    key: str
    label: str | Promise
    words: str
    repeats: bool = False


TARGETS = (
    Target(
        "name",
        _("Name"),
        "nombre | nombres | nombre completo | nombre y apellido | nombre y apellidos | apellido | "
        "apellidos | primer nombre | segundo nombre | apellido paterno | apellido materno | cliente | "
        "contacto | nombre del cliente | nombre del contacto | prospecto | lead | persona | name | full "
        "name | fullname | first name | firstname | last name | lastname | surname | middle name | given "
        "name | family name | contact | contact name | customer | customer name | lead name | client",
        repeats=True,
    ),
    Target(
        "phone",
        _("Phone"),
        "telefono | telefonos | tel | telf | tlf | celular | cel | movil | whatsapp | numero | numero de "
        "telefono | numero de celular | numero de whatsapp | telefono movil | telefono celular | telefono "
        "fijo | telefono 1 | telefono 2 | telefono 3 | phone | phones | phone number | mobile | mobile "
        "phone | mobile number | cell | cell phone | cellphone | telephone | work phone | home phone | "
        "phone 1 | phone 2 | phone 3 | phone 1 value | phone 2 value | wa",
        repeats=True,
    ),
    Target(
        "email",
        _("E-mail"),
        "correo | correos | correo electronico | correo e | mail | e mail | email | emails | email "
        "address | e mail address | direccion de correo | direccion de correo electronico | correo 1 | "
        "correo 2 | email 1 | email 2 | e mail 1 value | e mail 2 value",
        repeats=True,
    ),
    Target("city", _("City"), "ciudad | municipio | localidad | poblacion | city | town"),
    Target(
        "notes",
        _("Notes"),
        "nota | notas | comentario | comentarios | observacion | observaciones | descripcion | detalle | "
        "detalles | note | notes | comment | comments | remarks | description",
        repeats=True,
    ),
    Target(
        "tags",
        _("Tags"),
        "etiqueta | etiquetas | tag | tags | label | labels | grupo | grupos | categoria | categorias",
        repeats=True,
    ),
    Target("status", _("Status"), "estatus | status | prioridad | priority"),
    Target("funnel", _("Funnel"), "embudo | pipeline | funnel | proceso"),
    Target("stage", _("Stage"), "etapa | fase | stage | lead stage | deal stage | columna"),
    Target(
        "assignee",
        _("Assignee"),
        "asesor | asesora | responsable | vendedor | vendedora | asignado | asignado a | agente | "
        "ejecutivo | dueno | propietario | assignee | assigned to | owner | agent | seller | salesperson "
        "| sales rep | contact owner",
    ),
    Target(
        "created",
        _("Created"),
        "fecha | creado | creada | creacion | fecha de creacion | fecha creacion | fecha de alta | alta | "
        "fecha de registro | registro | fecha de ingreso | created | created at | created on | creation "
        "date | create date | date created | created date | date | date added",
    ),
    Target(
        "value",
        _("Value"),
        "valor | monto | importe | presupuesto | precio | venta | value | amount | budget | deal value | "
        "price",
    ),
    Target(
        "came_from",
        _("Source"),
        "fuente | origen | procedencia | medio | canal | campana | como nos conocio | source | lead "
        "source | original source | utm source | origin | channel | campaign",
    ),
    Target(
        "external_id",
        _("External ID"),
        "id | id externo | identificador | codigo | clave | folio | no | num | external id | externalid | "
        "record id | contact id | lead id | customer id | code",
    ),
)
BY_KEY = {target.key: target for target in TARGETS}
SINGLE = frozenset(target.key for target in TARGETS if not target.repeats)


def label_of(key: str) -> str:
    return str(BY_KEY[key].label) if key in BY_KEY else ""
