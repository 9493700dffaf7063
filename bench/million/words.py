"""What people in the bench are called, where they live, what they write. Arbitrary, believable, with accents."""

_FIRST = """
María José Guadalupe Juan Francisco Antonio Verónica Sofía Valentina Ximena Santiago Mateo Sebastián Leonardo Emiliano
Diego Camila Renata Regina Valeria Natalia Daniela Andrea Fernanda Alejandra Gabriela Mónica Patricia Leticia Rocío
Araceli Beatriz Inés Lucía Begoña Íñigo Óscar Ángel Ángeles Úrsula Jesús Raúl Andrés Adrián Iván Germán Hernán Julián
Fabián Martín Joaquín Agustín Nicolás Tomás Lucas Benjamín Facundo Thiago Bruno João Antônio Luís Letícia Débora Márcio
Caio Vinícius Heloísa Conceição Wendy Kevin Brayan Yésica Yolotl Xóchitl Citlali Itzel Nahuel Aylén Wayra Inti Ramón
Ernesto Eduardo Ricardo Rodrigo Rafael Roberto Rubén Salvador Sergio Víctor Ignacio Hugo Héctor Gustavo Gonzalo Gerardo
Felipe Esteban Enrique Elena Elisa Emma Eva Esmeralda Dulce Dolores Clara Claudia Cecilia Carmen Blanca Bárbara Aurora
"""

_LAST = """
Hernández García Martínez López González Pérez Rodríguez Sánchez Ramírez Cruz Flores Gómez Morales Vázquez Reyes Jiménez
Torres Díaz Gutiérrez Ruiz Mendoza Aguilar Ortiz Moreno Castillo Romero Álvarez Méndez Chávez Rivera Juárez Ramos
Domínguez Herrera Medina Castro Vargas Guzmán Velázquez Muñoz Rojas Contreras Salazar Luna Ortega Guerrero Santiago
Estrada Bautista Cortés Soto Alvarado Espinoza Lara Ávila Ríos Cervantes Silva Delgado Vega Márquez Sandoval Carrillo
Fernández León Mejía Solís Núñez Rosas Valdez Ibarra Campos Santos Camacho Peña Maldonado Navarro Rosales Acosta Miranda
Trejo Cabrera Padilla Rangel Pacheco Salas Robles Molina Macías Cárdenas Villanueva Orozco Quiñones Ñáñez Ibáñez Zúñiga
Yáñez Güemes Echeverría Etxeberria Bolaños Colín Galván Barragán Cordero Montoya Figueroa Fuentes Zamora Zárate Tapia
Téllez Valencia Varela Villegas Villaseñor Ugarte Urrutia Quispe Mamani Condori Huamán Oliveira Souza Araújo Conceição
Gonçalves Magalhães Müller Schröder D'Angelo O'Higgins McGregor Benítez Báez Arévalo Arreola Arriaga Becerra Beltrán
"""

FIRST_NAMES, SURNAMES = _FIRST.split(), _LAST.split()

CITIES = [
    "", "", "", "Ciudad de México", "Guadalajara", "Monterrey", "Puebla", "Mérida", "Querétaro", "León", "Tijuana",
    "Cancún", "Bogotá", "Medellín", "Lima", "Santiago", "Buenos Aires", "Córdoba", "Rosario", "São Paulo",
]  # fmt: skip

NOTES = [
    "Prefiere que le escriban por la tarde; trabaja hasta las cinco y contesta mejor después.",
    "Vino recomendada por su hermana. Pidió precio de mayoreo y quiere factura con sus datos de siempre.",
    "Quedó de confirmar medidas. Mandar fotos del modelo en roble y en nogal, y el costo del flete aparte.",
    "Ya compró dos veces. Ojo: la última entrega llegó tarde y quedó molesto; ofrecer envío sin costo.",
]

SAID = [
    "Hola, buenas tardes", "¿Qué precio tiene?", "Buenos días, vi su anuncio y me interesa más información",
    "¿Hacen envíos a provincia?", "Sí, gracias", "Perfecto, lo reviso y le confirmo mañana temprano",
    "Con gusto, le comparto el catálogo con las medidas y los precios vigentes",
    "¿Me puede mandar fotos del modelo en color nogal?", "👍", "Ok", "Claro que sí",
    "El envío tarda de tres a cinco días hábiles y lleva número de guía",
    "Ya hice la transferencia, le mando el comprobante", "Recibido, muchas gracias por su compra",
    "¿Tienen sucursal en el centro?", "Nuestro horario es de lunes a viernes de 9 a 18 h",
    "Disculpe la demora, estábamos en inventario. ¿Sigue interesada en la cotización de la semana pasada?",
    "Sí, pero me gustaría ver si hay otro color y si me pueden respetar el precio que me dieron",
    "Le queda en 4,850 con instalación incluida; el anticipo es del 50 % y el resto contra entrega",
    "¿Aceptan tarjeta a meses sin intereses?", "Hasta 12 meses con las tarjetas participantes",
    "Mañana paso por él", "¿A qué hora llega el técnico?", "Entre 10 y 12; le llama antes de salir",
    "Necesito cambiar la dirección de entrega, me mudé este fin de semana a otra colonia",
]  # fmt: skip

FUNNELS = {
    "Ventas": ["Nuevo", "Contactado", "Cotización", "Negociación", "Apartado", "Pago pendiente", "Entrega"],
    "Posventa": ["Recibido", "En revisión", "Visita", "Reparación", "Lista", "Entregada", "Encuesta"],
}
TAGS = [
    "Mayoreo", "Menudeo", "Recomendado", "Feria", "Anuncio", "Urgente", "VIP", "Factura", "Garantía", "Foráneo",
    "Moroso", "Repetido",
]  # fmt: skip
