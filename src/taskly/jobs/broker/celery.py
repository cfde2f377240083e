"""Celery as this installation uses it: queues of messages that carry nothing."""

from typing import Any

from celery import Celery

from taskly.kernel.settings import Settings

WAKE = "taskly.wake"
CONNECT_S = 4.0
HEARTBEAT_S = 20.0


def celery_app(settings: Settings) -> Celery:
    """The Celery application. Raises `ValueError` where no broker is set."""
    if settings.broker_url is None:
        msg = "TASKLY_BROKER_URL is not set"
        raise ValueError(msg)
    app = Celery("taskly", broker=settings.broker_url.get_secret_value(), set_as_current=False)
    app.conf.update(
        task_default_queue="default",
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        # A worker keeps its message until it has a free slot again, and takes one at a time: what a
        # busy worker cannot do stays in the broker for the others.
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_timeout=CONNECT_S,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_heartbeat=HEARTBEAT_S,
    )
    return app


def wake_options(queue: str) -> dict[str, Any]:
    """How a wake is sent: nobody waits for it, and it need not survive the broker."""
    return {
        "queue": queue,
        "ignore_result": True,
        "delivery_mode": "transient",
        "retry": False,
    }
