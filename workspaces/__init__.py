"""Floor 1: people, workspaces, roles, grants, teams, audit, the request's middleware."""
