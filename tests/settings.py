"""The settings of the tests: the project's, with models to test tenancy on and nothing slow."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ["DEBUG"] = "0"

from crm.settings import *  # noqa: F403
from crm.settings import INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.tenancy", "tests.crm", "tests.feed", "tests.jobs"]
TESTING = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # each client would read through all of build/static
LANGUAGE_CODE = "en"  # what tests read is what the sources say, whether or not the catalogues are compiled
# Nothing is there: a test that speaks to a provider brings it, and tells the processes it starts.
WHATSAPP_API_URL = os.environ.get("WHATSAPP_API_URL", "http://127.0.0.1:9/v0.0")
META_API_URL = os.environ.get("META_API_URL", "http://127.0.0.1:9/meta/v0.0")
INSTAGRAM_API_URL = os.environ.get("INSTAGRAM_API_URL", "http://127.0.0.1:9/instagram/v0.0")
TELEGRAM_API_URL = os.environ.get("TELEGRAM_API_URL", "http://127.0.0.1:9")
