"""Who may do what: one row for each route, in the lists named ROWS beside this file. Run by tests/test_access.py.

    from tests.access.rows import ADMINS, EVERYONE, OWNER_ONLY, Row, World

    def team(world: World) -> dict[str, object]:        # runs in the scope of the world's workspace
        return {"pk": Team.objects.create(name="North").pk}

    ROWS = [
        Row("workspaces:people", get=ADMINS),
        Row("workspaces:team", get=ADMINS, post=ADMINS, target=team),
        Row("workspaces:presence", get=ADMINS, tool="workspaces.see_people"),   # the seller with the grant, too
        Row("jobs:detail", get=EVERYONE, target=job, unseen=SELLERS),            # not theirs: 404 rather than 403
        Row("ui:styleguide", Kind.PUBLIC, get=ALL),
    ]

What a row of a workspace's route is held to, for each method it names:
- the actors it names are let in: any answer but 403, 404, 405, a redirect to the log-in page or an error. A POST
  without data that answers 422 (or 400, or goes back to where it came from) was let in;
- the workspace's other members get 403, or 404 where the row says `unseen`;
- a member of another workspace gets 404, and so does a member with the id of another workspace's object
  (403 stays 403);
- nobody signed in: a redirect to the log-in page; HX-Redirect where htmx asked.
Methods it does not name answer 405 to an owner. A route without a row, or a row without a route, fails.

Routes outside workspaces say their kind: PUBLIC for everybody, GUEST for those not signed in (others are sent
elsewhere), ACCOUNT for every signed-in person, OPERATOR for operators (others get 403 or 404).
Their `target` factory gets the world as well; `ok` names further answers that are right for those let in.
"""
