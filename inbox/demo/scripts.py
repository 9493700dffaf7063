# ruff: noqa: E501 (a line is what somebody says, however long)
"""What is said in the demo: conversations of a shop, each with the place it leads to.

A line is "<who> +<minutes> <text>": c the customer, a the person who serves them. `*` begins what is no text:
`*image`, `*voice`, `*document`, `*location`, `*ad`. ` | ` stands between what may
be said instead. Braces are filled in by `building`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    """`stage` is the index in its funnel, None the Inbox; `outcome` won or lost; `weight`, how often it is told."""

    funnel: str
    stage: int | None
    text: str
    status: str = "neutral"
    tags: tuple[str, ...] = ()
    outcome: str = ""
    reason: str = ""
    weight: int = 4
    is_assigned: bool = True

    @property
    def lines(self) -> list[tuple[str, int, str]]:
        """(who, minutes after the line before, what)."""
        found = []
        for line in self.text.strip().splitlines():
            who, minutes, what = line.strip().split(" ", 2)
            found.append((who, int(minutes), what))
        return found


SCRIPTS = (
    Script("", None, """
        c +0 Hola, buenas tardes. ¿Me pueden dar informes de las sábanas? | Buenas, ¿siguen teniendo el {producto} en promoción? | Hola, quisiera información de sus productos por favor | Buen día, ¿hacen envíos a {ciudad}? | Hola, ¿cuál es el precio de mayoreo del {producto}? | ¿Tienen catálogo que me puedan mandar? | Hola! vi su página y me interesa el {producto} {color}
    """, weight=9, is_assigned=False),
    Script("", None, """
        c +0 *ad Vi su anuncio
        c +1 ¿Cuánto cuesta el juego {talla} y hacen envíos a {ciudad}? | ¿Todavía está el 20 %? | ¿El precio es por pieza o por juego? | Me interesa en {color}, {talla} | ¿Aceptan pago contra entrega en {ciudad}?
    """, tags=("anuncio",), weight=8, is_assigned=False),
    Script("", None, """
        c +0 Buen día
        c +0 ¿Tienen {producto} en {color}?
        c +3 Es para regalo, lo necesito antes del viernes 🙏 | ¿Y en qué precio? | Si no, en {color} también me sirve | Necesito {talla} 😅 | Gracias de antemano
    """, weight=7, is_assigned=False),
    Script("", None, """
        c +0 *voice
        c +1 Perdón por el audio, voy manejando | Ahí le explico todo en el audio | ¿Sí se escucha?
    """, weight=3, is_assigned=False),
    Script("Mayoreo", 0, """
        c +0 Buenas tardes, somos un hotel en {ciudad} y buscamos proveedor de blancos.
        a +6 Hola {nombre}, con gusto. ¿Cuántas habitaciones son y qué medidas de cama?
        c +14 Son {piezas} habitaciones, mitad matrimonial y mitad king size
        a +5 Perfecto. Le preparo una propuesta con percal de 300 hilos y toalla de 600 g. ¿Me comparte su correo?
        c +9 {correo}
        c +1 También necesitaríamos batas | ¿Y manejan tapetes de baño? | ¿Cuánto tardaría la entrega en {ciudad}? | Nos urge para antes de temporada alta | ¿Podrían mandarnos una muestra? | Quedo atento a la propuesta | ¿Dan crédito a 30 días?
    """, status="important", tags=("hotelería",), weight=6),
    Script("Mayoreo", 1, """
        c +0 Hola, me recomendaron con ustedes para comprar toallas por mayoreo
        a +8 Hola {nombre}, gracias por escribir. El mayoreo es desde 50 piezas. ¿Qué gramaje busca?
        c +20 De 500 para arriba, {piezas} piezas
        a +12 *document Lista de precios mayoreo.pdf
        a +1 Le comparto la lista. Con {piezas} piezas le queda en ${precio} cada una, más IVA.
        c +45 Gracias, lo reviso con mi socio y le confirmo mañana | Lo veo con compras y le aviso | Me parece un poco alto, déjeme comparar | Gracias, ¿el precio baja con 200 piezas?
        a +2 Claro que sí, quedo al pendiente. | Perfecto, aquí estoy para lo que necesite. | Con 200 piezas baja 6 %.
    """, status="pending", tags=("mayorista",), weight=7),
    Script("Mayoreo", 1, """
        c +0 ¿Me puede cotizar {piezas} juegos de sábanas {talla} en {color}?
        a +15 Hola {nombre}, por supuesto. ¿Con o sin bordado del logotipo?
        c +4 Con bordado
        a +30 Le quedan en ${precio} por juego con bordado incluido. Entrega en 12 días hábiles.
        c +600 ¿Ese precio ya incluye el envío a {ciudad}? | ¿Me lo puede mandar en PDF con sus datos fiscales? | Va, y si fueran el doble ¿en cuánto queda? | ¿El bordado puede ser a dos tintas?
    """, status="important", tags=("mayorista", "bordado"), weight=6),
    Script("Mayoreo", 2, """
        c +0 Ya vimos su cotización, nos gusta pero está un poco arriba de lo que traemos
        a +10 Entiendo. ¿Qué presupuesto tienen por habitación?
        c +18 Unos $1,900
        a +25 Puedo acercarme si cerramos las {piezas} piezas en un solo pedido. Déjeme revisarlo con gerencia.
        c +3 Perfecto, si nos ayuda con eso cerramos esta semana
        a +180 Listo: le respeto $1,950 con envío incluido a {ciudad}.
        c +12 Me parece bien. ¿Qué datos necesita para la factura? | Cerrado. ¿Cómo le hacemos con el anticipo? | Déjeme lo autoriza el director y hoy mismo le digo | ¿Nos respeta ese precio hasta el lunes?
    """, status="urgent", tags=("hotelería", "mayorista"), weight=6),
    Script("Mayoreo", 2, """
        c +0 Buenas, ¿siempre sí tienen existencia de la bata de microfibra?
        a +7 Sí {nombre}, quedan 120 piezas en {color}.
        c +2 *image
        c +1 ¿Es esta misma? | ¿La tienen en {color}? | Algo así buscamos
        a +6 Sí, exactamente esa.
        c +30 Va. Pásame los datos para el anticipo | Perfecto, apártenos {piezas} | Ok, ¿cuánto sería de anticipo?
        a +4 *document Datos bancarios.pdf
    """, status="pending", tags=("spa",), weight=5),
    Script("Mayoreo", 3, """
        a +0 {nombre}, ya quedó su pedido en producción. Le aviso en cuanto salga.
        c +25 Excelente, ¿más o menos para cuándo? | Súper, gracias | ¿Me pasa el número de guía?
        a +5 Saldría el jueves por la tarde.
        c +2 👍
    """, status="done", tags=("mayorista",), weight=5),
    Script("Mayoreo", 3, """
        c +0 Le acabo de hacer la transferencia
        c +1 *image
        a +9 Recibido, muchas gracias. En un momento le mando su factura.
        a +40 *document Factura A-{folio}.pdf
        c +5 Gracias
    """, status="done", tags=("factura",), weight=4),
    Script("Tienda", 0, """
        c +0 Hola, ¿tienen en talla {talla} el edredón de plumas?
        a +3 Hola {nombre}, sí. En azul y en hueso.
        c +6 ¿Me manda fotos?
        a +4 *image
        a +0 *image
        c +2 Está hermoso
        c +1 ¿Cuánto tiempo tarda en llegar a {ciudad}? | ¿Me lo puede apartar? | ¿Tienen tienda física? | Me encantó el segundo, ¿qué precio tiene?
    """, tags=("tienda",), weight=8),
    Script("Tienda", 0, """
        c +0 Buenas noches, ¿a qué hora abren mañana?
        a +600 Buenos días {nombre}. Abrimos de 9 a 2 y de 4 a 7.
        c +15 Gracias, paso en la tarde
        c +1 ¿Me aparta un {producto} {color}? | Va, ahí nos vemos | ¿Hay dónde estacionarse?
    """, tags=("tienda",), weight=5),
    Script("Tienda", 1, """
        c +0 ¿Qué precio tiene el {producto}?
        a +5 Hola {nombre}, en {talla} cuesta ${precio}. Si lleva dos le hago 15 % de descuento.
        c +22 ¿Y aceptan tarjeta?
        a +2 Sí, crédito y débito, o transferencia.
        c +90 Déjeme checarlo con mi esposo y le digo | Mmm, ¿es lo menos? | Ok, le aviso en la quincena | ¿Y el {color} cuesta igual?
        a +1 Con mucho gusto 😊
    """, status="pending", weight=8),
    Script("Tienda", 1, """
        c +0 Hola de nuevo, sobre las cortinas que le pregunté
        c +0 La ventana mide 2.40 × 1.80
        a +35 Con esa medida necesita dos lienzos. Serían ${precio} con ojillos y envío a {ciudad}.
        c +8 ¿Y si las quiero en blackout?
        a +6 Suben $380.
        c +4 Mmm ok, ¿tiene algo más económico? | Ok déjeme medir bien y le confirmo | ¿Incluye instalación?
    """, status="stuck", weight=6),
    Script("Tienda", 2, """
        c +0 Sí lo quiero, ¿cómo le hago para pagar?
        a +4 Le mando el enlace de pago, {nombre}. En cuanto caiga lo enviamos.
        a +1 https://pagos.ejemplo.mx/p/{folio}
        c +50 Listo, ya quedó
        c +0 *image
    """, status="urgent", weight=6),
    Script("Tienda", 2, """
        a +0 Hola {nombre}, ¿pudo hacer el pago? Le sigo apartando su {producto}.
        c +300 Sí perdón, se me complicó. En la tarde lo hago sin falta | ¿Puedo pagar la mitad ahorita? | Ya lo hice, ¿le llegó?
        a +3 Perfecto, sin problema.
    """, status="pending", weight=6),
    Script("Tienda", 3, """
        a +0 Su pedido ya va en camino. Guía: MX{folio}4471
        c +12 Muchas gracias!!
        c +2880 Ya llegó, quedó precioso 😍
        c +1 *image
        a +15 Qué gusto, {nombre}. Gracias por su compra.
    """, status="done", tags=("tienda",), weight=5),
    Script("Tienda", 3, """
        c +0 Oiga, me llegó el juego en {color} y yo lo pedí en blanco
        c +1 *image
        a +7 Una disculpa {nombre}. ¿Me comparte su número de pedido?
        c +3 {folio}
        a +11 Ya lo tengo. Hoy mismo sale el correcto y el mensajero recoge el otro, sin costo.
        c +2 Ok, muchas gracias por resolver rápido | ¿Como a qué hora pasa el mensajero? | Perfecto 🙌
    """, status="urgent", tags=("posventa",), weight=4),
    Script("Tienda", 1, """
        c +0 ¿Dónde están ubicados?
        a +3 *location Casa Cauce
        a +1 Estamos en la Roma Norte, hay estacionamiento enfrente.
        c +20 Perfecto, voy para allá | ¿Están abiertos los domingos? | Gracias, mañana paso
    """, tags=("tienda",), weight=4),
    Script("Mayoreo", 3, """
        c +0 Entonces cerramos con las {piezas} piezas
        a +4 Excelente, {nombre}. Le genero el pedido.
        c +2 Gracias, un gusto tratar con ustedes
    """, status="done", tags=("mayorista",), outcome="won", reason="Precio y calidad", weight=5),
    Script("Tienda", 3, """
        c +0 Ya pagué, aquí está el comprobante
        c +0 *image
        a +5 Muchas gracias {nombre}, mañana sale su paquete.
    """, status="done", outcome="won", reason="Recomendación", weight=6),
    Script("Mayoreo", 2, """
        c +0 Le agradezco mucho, pero nos decidimos por otro proveedor
        a +9 Entiendo, {nombre}. ¿Fue por el precio?
        c +14 Sí, y por el tiempo de entrega
        a +2 Gracias por decírmelo. Aquí estamos para la próxima.
    """, outcome="lost", reason="Precio", weight=4),
    Script("Tienda", 1, """
        c +0 ¿Tienen servicio en {ciudad} para instalar?
        a +30 Por ahora solo instalamos en Ciudad de México, {nombre}.
        c +5 Ah ok, entonces no. Gracias
    """, outcome="lost", reason="Fuera de zona", weight=3),
)  # fmt: skip

PRODUCTS = (
    "edredón",
    "cubrecama",
    "juego de toallas",
    "mantel",
    "cobertor",
    "juego de sábanas",
    "cojín decorativo",
)
COLOURS = ("blanco", "hueso", "azul marino", "gris perla", "terracota", "verde olivo", "rosa palo")
SIZES = ("individual", "matrimonial", "queen size", "king size")
ENDINGS = (
    "Claro que sí, {nombre}. Lo reviso y le confirmo en un momento.",
    "Perfecto, ya lo dejé anotado.",
    "Con gusto, {nombre}. Quedo al pendiente.",
    "Sí, con mucho gusto. Le escribo más tarde con el detalle.",
    "Gracias por avisar 🙌",
)
