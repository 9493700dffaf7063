"""What every test may use."""

from collections.abc import Iterator

import hypothesis
import pytest
from pytest_django.plugin import DjangoDbBlocker

from crm.tenancy.scopes import workspace_if_any
from tests import databases, emptying, readonly

pytest_plugins = ["tests.cast_fixtures"]
# How long an example takes to make or to run says how busy the machine is.
hypothesis.settings.register_profile(
    "ours", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ours")
emptying.install()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A clone of the migrated template, in place of pytest-django's own way."""
    with django_db_blocker.unblock():
        clone = databases.cloned()
        clone.__enter__()
    yield
    with django_db_blocker.unblock():
        clone.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def get_never_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GET of the test client that writes fails the test (see tests/readonly.py)."""
    readonly.enforce(monkeypatch)


@pytest.fixture(autouse=True)
def no_ambient_workspace() -> Iterator[None]:
    """A scope that a test leaves open would let the next one pass, or fail, for another's reasons."""
    assert workspace_if_any() is None, "An earlier test left a scope open."
    yield
    assert workspace_if_any() is None, "This test left a scope open."
