"""manage.py events seed|state: an open event for measurements, and what the database holds of one."""

import json
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.utils import timezone

from accounts.models import Region
from events import queries
from events.models import Event, Registration


class Command(BaseCommand):
    help = "Makes an event for measurements (seed); counts what the database holds (state)."

    def add_arguments(self, parser) -> None:
        jobs = parser.add_subparsers(dest="job", required=True)
        seed = jobs.add_parser("seed", help="a public event, open for registration")
        seed.add_argument("--slug", required=True)
        seed.add_argument("--capacity", type=int, required=True)
        state = jobs.add_parser("state", help="counts of one event as JSON")
        state.add_argument("slug")

    def handle(self, *args, **options) -> None:
        answer = self.seed(options) if options["job"] == "seed" else self.state(options["slug"])
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def seed(self, options) -> dict:
        slug, capacity = options["slug"], options["capacity"]
        if capacity < 0:
            raise CommandError("--capacity must not be below zero", returncode=2)
        try:
            validate_slug(slug)
        except ValidationError:
            raise CommandError("--slug takes letters, digits, hyphens and underscores", returncode=2) from None
        region = Region.objects.filter(is_current=True, level=3).first()
        if region is None:
            raise CommandError("no regions yet: run manage.py prepare first")
        start = timezone.now() + timedelta(days=7)
        taken = Registration.objects.filter(event__slug=slug, state=Registration.State.CONFIRMED).count()
        event, _made = Event.objects.update_or_create(
            slug=slug,
            defaults={
                "title": f"对接会 {slug}",
                "summary": "用于测量的公开活动",
                "region": region,
                "venue": "会议中心",
                "starts_at": start,
                "ends_at": start + timedelta(hours=3),
                "capacity": capacity,
                "is_full": taken >= capacity,
                "state": Event.State.PUBLISHED,
            },
        )
        return {"slug": slug, "path": event.get_absolute_url()}

    def state(self, slug: str) -> dict:
        event = Event.objects.filter(slug=slug).first()
        if event is None:
            raise CommandError(f"there is no event {slug}", returncode=2)
        found = queries.counts(event)
        return {name: found[name] for name in ("registrations", "attendees", "waitlisted", "distinct_phones")}
