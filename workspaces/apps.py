from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "workspaces"

    def ready(self) -> None:
        from workspaces import plugs
        from workspaces.accounts import plugs as accounts

        plugs.register_all()
        accounts.register_all()
