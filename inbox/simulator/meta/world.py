"""What the simulated Meta knows of pages and Instagram accounts, and their customers."""

from dataclasses import dataclass, field

from inbox.simulator import world
from inbox.simulator.meta import defaults
from inbox.simulator.world import now

SIXTY_DAYS = 60 * 86400


@dataclass
class App:
    """callbacks: {object: [address, verify token]}. approved: what Meta's review has given it."""

    id: str
    name: str
    secret: str
    token: str = ""  # of a person who manages its pages
    callbacks: dict[str, list[str]] = field(default_factory=dict)
    approved: list[str] = field(default_factory=list)
    token_valid: bool = True
    ends_at: int = 0  # of its tokens; 0 for never
    scopes: list[str] = field(
        default_factory=lambda: [
            "pages_messaging", "pages_manage_metadata", "pages_show_list", "instagram_basic",
            "instagram_manage_messages",
        ]
    )  # fmt: skip


@dataclass
class Page:
    """A Facebook page and its account; or, `own`, an account of Instagram's own login. subscribed: {app: fields}."""

    id: str
    name: str
    token: str
    app_id: str
    instagram: str = ""
    username: str = ""
    own: bool = False
    subscribed: dict[str, list[str]] = field(default_factory=dict)
    token_at: float = 0.0
    restricted: bool = False


@dataclass
class Customer(world.Customer):
    """user_id: as the page or account names them. tells_profile: whether their name may be asked for."""

    user_id: str = ""
    blocked: bool = False
    tells_profile: bool = True


class World(world.World[Customer]):
    """Of Messenger; apps and pages are here for Instagram, too."""

    customer_type = Customer
    prefix = "m"
    tables = {"apps": App, "pages": Page}

    apps: dict[str, App]
    pages: dict[str, Page]

    def add_defaults(self) -> None:
        with self.lock:
            app = App(defaults.APP_ID, defaults.APP_NAME, defaults.APP_SECRET, defaults.USER_TOKEN)
            own = App(defaults.OWN_APP_ID, "Instagram", defaults.OWN_SECRET)
            page = Page(
                defaults.PAGE_ID, defaults.PAGE_NAME, defaults.PAGE_TOKEN, app.id, defaults.ACCOUNT_ID,
                defaults.USERNAME, token_at=now(),
            )  # fmt: skip
            account = Page(
                defaults.OWN_ACCOUNT_ID, "Casa Cauce Outlet", defaults.OWN_TOKEN, own.id, defaults.OWN_ACCOUNT_ID,
                defaults.OWN_USERNAME, own=True, token_at=now(),
            )  # fmt: skip
            for one in (app, own):
                self.apps.setdefault(one.id, one)
            for each in (page, account):
                self.pages.setdefault(each.id, each)

    def page_by(self, token: str) -> Page | None:
        return next((page for page in self.pages.values() if page.token == token), None)

    def page_of(self, line_id: str) -> Page:
        """Of a page or account."""
        return next(page for page in self.pages.values() if line_id in (page.id, page.instagram))


class InstagramWorld(world.World[Customer]):
    customer_type = Customer
    prefix = "i"
