"""What the simulated Messenger and Instagram start with: the demo's channels are made of the same constants.

The app is that of the simulated WhatsApp: one app at Meta, one endpoint.
"""

from inbox.simulator.whatsapp import defaults

APP_ID, APP_NAME, APP_SECRET, VERIFY_TOKEN = (
    defaults.APP_ID, defaults.APP_NAME, defaults.APP_SECRET, defaults.VERIFY_TOKEN,
)  # fmt: skip
CALLBACK_PATH = defaults.CALLBACK_PATH
VERSION = defaults.API_VERSION

USER_TOKEN = "EAAPersonaSimulada00000000000000000000000000000000000000000demo"  # noqa: S105
PAGE_ID = "900000000000101"
PAGE_NAME = "Casa Cauce"
PAGE_TOKEN = "EAAPaginaSimulada000000000000000000000000000000000000000000demo"  # noqa: S105

ACCOUNT_ID = "900000000000201"  # linked to the page
USERNAME = "casacauce"

# Of Instagram's own login: another account, another app with another secret.
OWN_APP_ID = "900000000000301"
OWN_SECRET = "1n57a6ramc0ffee00000000000000001"  # noqa: S105
OWN_ACCOUNT_ID = "900000000000302"
OWN_USERNAME = "casacauce.outlet"
OWN_TOKEN = "IGAASimulado000000000000000000000000000000000000000000000000demo"  # noqa: S105
OWN_PUBLIC_ID = "s1m1n57a6ram"
OWN_CALLBACK_PATH = f"/hooks/instagram/{OWN_PUBLIC_ID}/"

OTHER_APP_ID = "263902037430900"  # Meta Business Suite's inbox, as echoes name it
