"""Runs what is queued, as the worker would: the real rows, decoded and executed here and now."""

from django.utils.module_loading import import_string
from django_q.models import OrmQ


def drain(limit: int = 200) -> int:
    """Runs queued tasks, in order, until none is left; returns how many. An error in a task is raised."""
    done = 0
    while done < limit:
        row = OrmQ.objects.order_by("id").first()
        if row is None:
            return done
        task = row.task  # the signed payload, verified
        row.delete()
        function = task["func"] if callable(task["func"]) else import_string(task["func"])
        function(*task["args"], **task["kwargs"])
        done += 1
    raise AssertionError(f"more than {limit} tasks: one keeps queueing itself")
