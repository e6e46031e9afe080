"""What the queue does by the clock: one table, brought into the queue's own by `manage.py prepare`."""

from django.conf import settings
from django_q.models import Schedule

# name → (function, minutes between runs)
SCHEDULES: dict[str, tuple[str, int]] = {
    "publish and expire what is due": ("portal.schedules.publish_due", 1),
    "bring the search index up to date": ("search.outbox.sweep", 1),
    "chain what a crash has left out of the audit trail": ("accounts.audit.chain.seal", 1),
    "note the audit trail's head outside the database": ("accounts.audit.verification.keep_anchor", 60),
    "take up decisions that a crash has left": ("catalogue.tasks.take_up_decisions", 1),
    "take up imports that a crash has left": ("catalogue.exchange.tasks.sweep", 1),
    "forget the files of old imports": ("catalogue.exchange.tasks.forget", 24 * 60),
    "remind of products to confirm": ("catalogue.actions.remind", 24 * 60),
    "hand reviews without a reviewer to the supervisor": ("catalogue.actions.escalate", 10),
    "count floating rates by the LPR in force": ("catalogue.actions.follow_lending_rates", 60),
    "tell of policies that no longer hold": ("accounts.policies.sweep", 60),
    "look for broken links": ("content.tasks.check_links", 7 * 24 * 60),
    "forget counters of guesses that have run out": ("accounts.security.limits.prune", 24 * 60),
    "erase what was asked to be erased seven days ago": ("accounts.privacy.erasure.do_due", 60),
    "bring strays of merged enterprises over": ("accounts.people.merging.settle_recent", 1),
    "forget what was searched for long ago": ("search.querylog.prune", 24 * 60),
    "take up previews of weights, forget old ones": ("matching.weights.tasks.sweep", 1),
    "forget corrections that nobody adopted": ("matching.corrections.actions.forget_old", 24 * 60),
    "take up what a crash has left of telling of new products": ("matching.alerts.tasks.sweep", 1),
    "match all open needs anew at night, then look for gaps": ("matching.alerts.tasks.begin_nightly", 60),
    "take up a report on gaps that a crash has left": ("matching.gaps.tasks.sweep", 5),
    "prune finished tasks": ("portal.schedules.prune_tasks", 24 * 60),
}
if settings.SEMANTIC:
    SCHEDULES["work out the vectors of what products say"] = ("matching.meaning.fill", 1)


def sync() -> None:
    """Adds what is missing, mends what differs, removes what is no longer in the table."""
    Schedule.objects.filter(name__isnull=False).exclude(name__in=SCHEDULES).delete()
    for name, (function, minutes) in SCHEDULES.items():
        wanted = {"func": function, "schedule_type": Schedule.MINUTES, "minutes": minutes, "repeats": -1}
        found, made = Schedule.objects.get_or_create(name=name, defaults=wanted)
        if not made and any(getattr(found, field) != value for field, value in wanted.items()):
            Schedule.objects.filter(pk=found.pk).update(**wanted)


def publish_due() -> None:
    """Wagtail's scheduled publishing and expiry, of pages and of products."""
    from django.core.management import call_command

    call_command("publish_scheduled", verbosity=0)


def prune_tasks(days: int = 14) -> None:
    """Finished tasks older than `days` go; they are traces, not records."""
    from datetime import timedelta

    from django.utils import timezone
    from django_q.models import Task

    Task.objects.filter(stopped__lt=timezone.now() - timedelta(days=days)).delete()
