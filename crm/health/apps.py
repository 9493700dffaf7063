from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "crm.health"
    label = "health"

    def ready(self) -> None:
        from celery.signals import beat_init, setup_logging, worker_init, worker_ready

        from crm import checks as rules  # importing it registers the system checks
        from crm import logs
        from crm.health import checks, heartbeat, register_check

        register_check("database", checks.database)
        register_check("redis", checks.redis_answers)
        register_check("migrations", checks.migrations)
        register_check("now", checks.now)
        register_check("bulk", checks.bulk)
        register_check("beat", checks.beat)
        worker_init.connect(rules.refuse_worker_start)
        beat_init.connect(rules.refuse_worker_start)
        worker_ready.connect(heartbeat.start)
        beat_init.connect(heartbeat.start)
        setup_logging.connect(logs.keep)  # Celery leaves logging alone where somebody listens
        logs.follow_tasks()
