"""What the simulator starts with: the demo's channel is made of the same constants.

They are worth nothing anywhere else: no provider knows them, and production cannot start the simulator.
"""

API_VERSION = "v26.0"
PORT = 8002  # bin/run takes the port after live's; this is for `python -m inbox.simulator` alone

APP_ID = "900000000000001"
APP_NAME = "Cauce (simulador)"
APP_SECRET = "5ca1ab1e0ddba11c0ffee00000000001"  # noqa: S105
ACCESS_TOKEN = "EAASimulador0000000000000000000000000000000000000000000000000demo"  # noqa: S105
VERIFY_TOKEN = "cauce-simulador"  # noqa: S105

BUSINESS_ID = "900000000000002"
WABA_ID = "900000000000003"
WABA_NAME = "Casa Cauce"

PHONE_NUMBER_ID = "900000000000010"
DISPLAY_PHONE_NUMBER = "+52 55 5000 0100"
VERIFIED_NAME = "Casa Cauce Ventas"

SECOND_PHONE_NUMBER_ID = "900000000000011"
SECOND_DISPLAY_PHONE_NUMBER = "+52 55 5000 0200"
SECOND_VERIFIED_NAME = "Casa Cauce Mayoreo"

# The provider app that the demo makes in Cauce has this public id, so that the simulator knows where to send.
APP_PUBLIC_ID = "s1mv1at0r0"
CALLBACK_PATH = f"/hooks/meta/{APP_PUBLIC_ID}/"
