"""For Celery's own tools: `celery -A taskly.celery_app flower`, or `inspect`."""

from taskly.jobs.broker.celery import celery_app
from taskly.kernel.settings import Settings

app = celery_app(Settings())
