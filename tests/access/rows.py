"""The types of the access table, and the worlds it is played in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

from crm.tenancy import scope
from tests import cast
from workspaces.models import Membership, Role, User, Workspace


class Actor(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    SELLER = "seller"
    GRANTED = "seller with the grant"
    OUTSIDER = "owner of another workspace"
    OPERATOR = "operator"
    ANONYMOUS = "anonymous"


class Kind(Enum):
    WORKSPACE = "under /w/<workspace id>/"
    ACCOUNT = "for every signed-in person"
    GUEST = "for those not signed in"
    PUBLIC = "for everybody"
    OPERATOR = "for operators"


Actors = frozenset[Actor]
NOBODY: Actors = frozenset()
OWNER_ONLY: Actors = frozenset({Actor.OWNER})
ADMINS: Actors = frozenset({Actor.OWNER, Actor.ADMIN})
SELLERS: Actors = frozenset({Actor.SELLER, Actor.GRANTED})
EVERYONE: Actors = ADMINS | SELLERS


@dataclass(frozen=True)
class World:
    """One workspace and its people."""

    workspace: Workspace
    owner: Membership
    admin: Membership
    seller: Membership
    granted: Membership

    @classmethod
    def make(cls, name: str) -> "World":
        owner = cast.workspace_of(name, f"Owner of {name}", f"owner@{name}.example.com")

        def member(role: Role, who: str) -> Membership:
            return cast.member(owner.workspace, role, f"{who} of {name}", f"{who}@{name}.example.com")

        return cls(
            owner.workspace,
            owner,
            member(Role.ADMIN, "admin"),
            member(Role.SELLER, "seller"),
            member(Role.SELLER, "granted"),
        )

    def user(self, actor: Actor) -> User:
        memberships = {
            Actor.OWNER: self.owner,
            Actor.ADMIN: self.admin,
            Actor.SELLER: self.seller,
            Actor.GRANTED: self.granted,
        }
        return memberships[actor].user


Factory = Callable[[World], Mapping[str, object]]


@dataclass(frozen=True)
class Row:
    """One route. `get`, `post`, …: who is let in by that method; None: the method is not there."""

    route: str
    kind: Kind = Kind.WORKSPACE
    get: Actors | None = None
    post: Actors | None = None
    put: Actors | None = None
    patch: Actors | None = None
    delete: Actors | None = None
    target: Factory | None = None  # the URL's other arguments; objects are made in the given world
    data: Callable[[World], Mapping[str, Any]] | None = None  # what is posted; without it, nothing
    tool: str = (
        ""  # the permission that GRANTED has as a tool; they are then let in where the row lets in anyone
    )
    grant: Callable[[World], None] | None = None  # anything else that GRANTED gets, after `target` has run
    unseen: Actors = NOBODY  # for whom the object does not exist
    ok: frozenset[int] = field(default_factory=frozenset)  # answers that would be refusals elsewhere

    def methods(self) -> dict[str, Actors]:
        named = {
            "GET": self.get,
            "POST": self.post,
            "PUT": self.put,
            "PATCH": self.patch,
            "DELETE": self.delete,
        }
        return {method: actors for method, actors in named.items() if actors is not None}

    def let_in(self, method: str) -> Actors:
        actors = self.methods()[method]
        return actors | {Actor.GRANTED} if self.tool or self.grant else actors

    def arguments(self, world: World) -> dict[str, object]:
        """The URL's arguments for an object of this world."""
        with scope(world.workspace):
            made = dict(self.target(world)) if self.target else {}
            if self.tool:
                world.granted.tools = [*world.granted.tools, self.tool]
                world.granted.save(update_fields=["tools"])
            if self.grant:
                self.grant(world)
        return made
