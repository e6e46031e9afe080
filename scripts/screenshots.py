"""`make screenshots`: the main pages at 390 and 1440 px, from a demo of its own, into docs/screenshots/.

Tall pages are cut at `TALLEST` and colours reduced to a palette, so that the pictures stay small in the repository.
"""

import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
PORT = 8493
BASE = f"http://127.0.0.1:{PORT}"
WIDTHS = {390: 844, 1440: 900}
TALLEST = 2400  # px
NEED = "茶叶合作社想借50万收鲜叶，用几天还几天，没有抵押"
PUBLIC = {
    "home": "/",
    "products": "/products/",
    "product": "/products/huidandai/",
    "compare": "/products/compare/?p=huidandai&p=nongdandai",
    "search": "/search/?q=担保贷款",
    "match": f"/needs/new/?text={NEED}",
    "matching-help": "/help/matching/",
    "institutions": "/institutions/",
    "outlets": "/outlets/",
    "services": "/services/",
    "product-history": "/products/huidandai/history/",
    "advisors": "/advisors/",
    "events": "/events/",
    "policies": "/policies/",
    "cases": "/cases/",
    "case": "/cases/qujiang-huidandai/",
    "articles": "/articles/",
    "cost": "/cost/",
    "sign-in": "/accounts/login/",
    "not-found": "/no-such-page/",
}
SIGNED_IN = {
    "企业": {
        "me": "/me/",
        "me-needs": "/me/needs/",
        "me-referrals": "/me/referrals/",
        "me-visits": "/me/visits/",
        "enterprise": "/me/enterprise/",
        "security": "/me/security/",
        "me-data": "/me/data/",
        "me-looked": "/me/looked/",
    },
    "客户经理": {"desk-referrals": "/desk/referrals/"},
    "金融顾问": {"desk-visits": "/desk/visits/", "desk-requests": "/desk/requests/"},
    "首席专员": {"desk-team": "/desk/visits/"},
    "活动组织者": {"desk-events": "/desk/events/", "desk-event": "/desk/events/juji-zhongxiaowei/"},
    "签到人员": {"door": "/door/juji-zhongxiaowei/"},
    "主管部门": {
        "desk": "/desk/",
        "desk-overdue": "/desk/overdue/",
        "desk-weights": "/desk/weights/",
        "desk-audit": "/desk/audit/",
        "desk-claims": "/desk/claims/",
    },
    "机构管理员": {"desk-staff": "/desk/staff/"},
    "产品编辑": {
        "cms": "/cms/",
        "cms-products": "/cms/snippets/catalogue/product/",
        "desk-products": "/desk/products/",
        "desk-import": "/desk/import/",
        "desk-export": "/desk/export/",
    },
    "产品审核": {"desk-review": "/desk/products/review/"},
}


def wait(seconds: float = 120) -> None:
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with opener.open(f"{BASE}/readyz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise SystemExit("the demo does not answer")


def save(page: Page, path: Path) -> None:
    """The whole page, or its first `TALLEST` pixels, as a PNG of 128 colours."""
    size = page.viewport_size or {"width": 0, "height": 0}
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    picture = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": size["width"], "height": height})
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def shoot(browser: Browser, pages: dict[str, str], wanted: set[str], account: tuple[str, str] | None = None) -> None:
    pages = {name: path for name, path in pages.items() if not wanted or name in wanted}
    if not pages:
        return
    for width, height in WIDTHS.items():
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=BASE, locale="zh-CN")
        page = context.new_page()
        if account:
            page.goto("/accounts/login/")
            page.locator("input[name=login]").fill(account[0])
            page.locator("input[name=password]").fill(account[1])
            page.locator("form:has(input[name=password]) button[type=submit]").first.click()
            page.wait_for_url(lambda url: "/accounts/login/" not in url)
        for name, path in pages.items():
            page.goto(path)
            save(page, FOLDER / f"{name}-{width}.png")
            print(f"{name} {width}: {path}")
        context.close()


def main(wanted: set[str]) -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    FOLDER.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "DATA_DIR": os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="yinqiao-shots-"),
        "DJANGO_SETTINGS_MODULE": "portal.settings.demo",
    }
    os.environ.update(environment)
    command = [sys.executable, "manage.py", "demo", "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    try:
        wait()
        import django

        django.setup()
        from accounts.demo import demo_accounts

        accounts = {role: (login, password) for role, login, password in demo_accounts()}
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else None,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"],
            )
            shoot(browser, PUBLIC, wanted)
            for role, pages in SIGNED_IN.items():
                shoot(browser, pages, wanted, accounts[role])
            browser.close()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


if __name__ == "__main__":
    main(set(sys.argv[1:]))
