"""What the simulated Telegram starts with: the demo's bot is made of the same constants."""

BOT_ID = 7100000001
BOT_TOKEN = f"{BOT_ID}:AAsimuladorDeCauceNoAbreNadaEnTelegram"
BOT_NAME = "Casa Cauce"
BOT_USERNAME = "casa_cauce_bot"
SECRET = "cauce-simulador-telegram"  # noqa: S105

OWNER_ID = 7200000001  # of the account that let the bot in
OWNER_NAME = "Lupita (Casa Cauce)"
OWNER_USERNAME = "lupita_cauce"
CONNECTION_ID = "cauceConexionDeNegocio1"

# The provider app that the demo makes in Cauce has this public id, so that the simulator knows where to send.
APP_PUBLIC_ID = "s1mt3l3gr4m"
CALLBACK_PATH = f"/hooks/telegram/{APP_PUBLIC_ID}/"
