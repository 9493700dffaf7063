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
        "nombre | nombre completo | nombre y apellido | nombre y apellidos | nombres y apellidos | cliente | "
        "contacto | nombre del cliente | nombre del contacto | prospecto | lead | persona | name | full "
        "name | fullname | contact | contact name | customer | customer name | lead name | client",
        repeats=True,
    ),
    Target(
        "first_name",
        _("First name"),
        "primer nombre | nombres | nombre de pila | first name | firstname | given name | forename",
    ),
    Target(
        "second_name",
        _("Second name"),
        "segundo nombre | middle name | middlename | second name | additional name",
    ),
    Target(
        "last_name",
        _("Last name"),
        "apellido | apellidos | apellido paterno | apellido materno | primer apellido | segundo apellido | "
        "last name | lastname | surname | family name",
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
        "delivery_address",
        _("Delivery address"),
        "direccion de entrega | direccion de envio | domicilio de entrega | domicilio de envio | lugar de "
        "entrega | delivery address | shipping address | ship to",
        repeats=True,
    ),
    Target(
        "address",
        _("Address"),
        "direccion | domicilio | direccion postal | calle | calle y numero | colonia | codigo postal | address | "
        "street | street address | mailing address | postal address | billing address | zip | postal code",
        repeats=True,
    ),
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
        "manager",
        _("Personal manager"),
        "gerente personal | gestor personal | gestor | ejecutivo de cuenta | gerente de cuenta | responsable de "
        "cuenta | personal manager | account manager | account owner | account executive | relationship manager",
    ),
    Target(
        "profile",
        _("Social networks"),
        "facebook | instagram | linkedin | twitter | x | tiktok | youtube | threads | telegram | pinterest | "
        "github | vk | red social | redes sociales | redes | perfil social | sitio web | pagina web | social "
        "network | social networks | social media | social profile | social profiles | website | web site | "
        "homepage",
        repeats=True,
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
        _("Where they came from"),
        "de donde vino | where they came from | fuente | origen | procedencia | medio | canal | campana | "
        "como nos conocio | source | lead "
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
