"""What the writer of a form saw, as a mark that goes with it: so that nobody overwrites what they have not seen."""

from decimal import Decimal

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from workspaces.errors import Refused


class ChangedMeanwhile(Refused):
    """Somebody else wrote there since the person last saw it. `stored` is what is there now."""

    def __init__(self, field: str, stored: str) -> None:
        self.field, self.stored = field, stored
        super().__init__(_("Somebody changed this meanwhile. Save again to put yours in its place."))


def mark_of(value: str) -> str:
    """A short sign of a stored text, for a form to say what its writer saw. Keyed: a name may be a number that they
    see masked, and all the numbers there are could be tried."""
    return str(salted_hmac("directory.mark", value).hexdigest())[:16]


def mark_of_amount(value: Decimal | None) -> str:
    """The same of what a lead may be worth; 12.5 and 12.50 are one."""
    return mark_of("" if value is None else f"{value.normalize():f}")
