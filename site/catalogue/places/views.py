"""Public pages of outlets and service items. Where a visitor stands is computed in the visitor's browser, never here."""

import json
from typing import Any
from urllib.parse import quote

import segno
from csp.decorators import csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.wording import day

from ..models import ServiceItem, StatedCount
from . import queries
from .datum import Datum, from_gcj02
from .distance import MINUTES, MODES, USUAL_MINUTES, Point, factors, read_point
from .hours import Status
from .maps import dot_map
from .queries import Answer, Asked, Found

PER_PAGE = 30
MAPS = {
    Datum.WGS84: gettext_lazy("GPS、天地图"),
    Datum.GCJ02: gettext_lazy("高德、腾讯地图"),
}  # where people copy a point
Subject = StatedCount.Subject


def _asked(get: QueryDict) -> Asked:
    return Asked(
        text=get.get("q", "").strip()[:60],
        institution=get.get("institution", "")[:80],
        region=get.get("region", "")[:6],
        service=get.get("service", "")[:80],
        government=get.get("government") == "1",
        open_now=get.get("open") == "1",
    )


def _start(get: QueryDict, landmarks: list) -> tuple[Point | None, str, str]:
    """Where the way begins: a listed place or a typed point; (point, its name, what is wrong with it)."""
    chosen = get.get("from", "").strip()[:60]
    for place in landmarks:
        if str(place.pk) == chosen:
            return place.point, place.name, ""
    if not (typed := get.get("point", "").strip()[:60]):
        return None, "", ""
    point = read_point(typed)
    if point is None:
        return None, "", _("这个坐标没有看懂。请按“纬度, 经度”填写，如“28.5922, 119.2756”。")
    name = f"{point[0]:g}, {point[1]:g}"
    return (from_gcj02(point) if get.get("datum") == Datum.GCJ02 else point), name, ""


def _minutes(get: QueryDict) -> int:
    text = get.get("within", "")
    return int(text) if text in {"0", *map(str, MINUTES)} else USUAL_MINUTES


@require_safe
@csp_update({"img-src": settings.MAP_TILE_HOSTS})
def outlet_list(request: HttpRequest) -> HttpResponse:
    get, asked, landmarks = request.GET, _asked(request.GET), list(queries.landmarks())
    start, start_name, wrong = _start(get, landmarks)
    within, mode = _minutes(get), get.get("by", "") if get.get("by", "") in MODES else "walk"
    ways = factors()
    now = timezone.now()
    answer = queries.find(asked, now=now, start=start, minutes=within, mode=mode, factors=ways)
    page = Paginator(answer.rows, PER_PAGE).get_page(get.get("page"))
    for number, row in enumerate(page.object_list, page.start_index() or 1):
        row.number, row.words = number, words_of(row.status)
    prefetch_related_objects([row.outlet for row in page.object_list], "services")
    kept = get.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "page_query": f"{kept.urlencode()}&" if kept else "",
        "answer": answer,
        "asked": asked,
        "narrowed": asked != Asked() or start is not None,
        "choices": queries.choices(),
        "landmarks": landmarks,
        "start": start_name,
        "wrong": wrong,
        "point": get.get("point", "")[:60],
        "chosen": next((place.pk for place in landmarks if str(place.pk) == get.get("from", "")), None),
        "within": within,
        "mode": mode,
        "modes": MODES.items(),
        "minutes": MINUTES,
        "ways": {"road": f"{ways.road:g}", "walk": f"{ways.walking_kmh:g}", "drive": f"{ways.driving_kmh:g}"},
        "kmh": f"{ways.kmh(mode):g}",
        "map": dot_map(answer.rows, start, ways.radius_km(within, mode) if start and within else 0),
        "datums": MAPS.items(),
        "datum": get.get("datum", "") if get.get("datum", "") in Datum.values else Datum.WGS84,
        "tiles": settings.MAP_TILES_URL,
        "tiles_datum": settings.MAP_TILES_DATUM,
        "attribution": settings.MAP_ATTRIBUTION,
        "subdomains": settings.MAP_SUBDOMAINS,
        "points_url": f"points/?{kept.urlencode()}",
        "stated": list(queries.stated(Subject.OUTLETS, Subject.GOVERNMENT)),
    }
    return render(request, "catalogue/outlet_list.html", context)


def words_of(status: Status) -> str:
    """What a visitor reads: 营业中，17:00 止."""
    if status.state == "unknown":
        return _("营业时间以机构为准")
    if status.is_open:
        return _("现在营业，%s 止") % status.until if status.until != "24:00" else _("现在营业，全天")
    if status.opens is None:
        return _("现在不营业")
    when, clock = status.opens
    if when == timezone.localdate():
        return _("现在不营业，今天 %s 开门") % clock
    return _("现在不营业，%(day)s %(clock)s 开门") % {"day": day(when), "clock": clock}


@require_safe
def outlet_points(request: HttpRequest) -> JsonResponse:
    """Every outlet of the list's filters that has a point, for the map's script. The visitor's own place is not asked."""
    answer: Answer = queries.find(_asked(request.GET), now=timezone.now())
    points: list[dict[str, Any]] = []
    for row in answer.rows:
        if (point := row.outlet.point) is not None:
            points.append(
                {
                    "name": row.outlet.name,
                    "institution": str(row.outlet.institution),
                    "address": row.outlet.full_address,
                    "url": row.outlet.get_absolute_url(),
                    "open": row.status.state,
                    "words": words_of(row.status),
                    "lat": point[0],
                    "lng": point[1],
                    "demo": row.outlet.is_demo,
                }
            )
    return JsonResponse({"points": points, "unplaced": len(answer.rows) - len(points)})


@require_safe
def outlet(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.outlet(pk)
    if found is None:
        raise Http404
    now = timezone.now()
    coming = queries.week(now)
    status = queries.status(found, now, coming)
    address = settings.PUBLIC_URL + found.get_absolute_url()
    row = Found(found, status)
    context = {
        "outlet": found,
        "status": status,
        "words": words_of(status),
        "days": queries.seven_days(found, coming) if found.hours or found.exceptions else [],
        "duty": queries.on_duty(found),
        "geo": _geo(found),
        "map": dot_map([row]),
        "address": address,
        "qr": mark_safe(
            segno.make(address, error="m").svg_inline(scale=4, border=2, dark="#14242b", light="#ffffff", omitsize=True)
        ),  # drawn by segno from our own address
        "structured": _structured(found, address),
    }
    return render(request, "catalogue/outlet.html", context)


def _geo(found) -> str:
    """RFC 5870 with the label that map apps on phones read; "" without a point."""
    if found.point is None:
        return ""
    place = f"{found.latitude},{found.longitude}"
    return f"geo:{place}?q={place}({quote(found.name)})"


def _structured(found, address: str) -> str:
    """schema.org, safe inside a script element; nothing in it that the page does not say."""
    days = dict(
        zip("1234567", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
    )
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BankOrCreditUnion" if found.institution.kind == "bank" else "FinancialService",
        "name": f"{found.institution.name} {found.name}",
        "url": address,
        "address": found.full_address,
        "telephone": found.phone,
        "geo": {"@type": "GeoCoordinates", "latitude": found.point[0], "longitude": found.point[1]}
        if found.point
        else None,
        "openingHoursSpecification": [
            {"@type": "OpeningHoursSpecification", "dayOfWeek": days[code], "opens": start, "closes": end}
            for code, times in found.hours.items()
            for start, end in times
        ],
    }
    text = json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)
    return mark_safe(text.translate({ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}))


@require_safe
def service_list(request: HttpRequest) -> HttpResponse:
    get = request.GET
    group = get.get("group", "") if get.get("group", "") in ServiceItem.Group.values else ""
    institution, text = get.get("institution", "")[:80], get.get("q", "").strip()[:60]
    items = list(queries.services(group=group, institution=institution, text=text))
    counts = list(queries.stated(Subject.HOST, Subject.BASIC, Subject.VALUE_ADDED))
    context = {
        "places": queries.by_group(items, counts),
        "total": len(items),
        "stated": [] if group or institution or text else counts,
        "groups": ServiceItem.Group.choices,
        "institutions": queries.service_institutions(),
        "group": group,
        "institution": institution,
        "q": text,
        "narrowed": bool(group or institution or text),
        "query": urlencode({"q": text}),
    }
    return render(request, "catalogue/service_list.html", context)
