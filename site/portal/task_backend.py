"""django-tasks on django-q2's ORM broker: enqueuing inserts one row on the caller's connection.

Inside a transaction the task exists only if the transaction commits, so the queue is an outbox without more ado.
"""

from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string
from django_q.tasks import async_task
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

from accounts.audit import acting


def run(path: str, args: list, kwargs: dict) -> None:
    """What the queue's worker calls: finds the task by name and runs its function."""
    task = import_string(path)
    with acting(note=path):
        task.func(*args, **kwargs)


class DjangoQBackend(BaseTaskBackend):
    """Results are not kept (`save_limit=0`): tasks are idempotent and leave their traces in the tables they change."""

    supports_defer = False
    supports_async_task = False
    supports_get_result = False

    def enqueue(self, task: Task, args, kwargs) -> TaskResult:
        self.validate_task(task)
        async_task("portal.task_backend.run", task.module_path, list(args), dict(kwargs), task_name=task.name[:90])
        return TaskResult(
            task=task,
            id=get_random_string(32),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
