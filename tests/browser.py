"""A real browser against the real server: system Chromium if found, else Playwright's own.

`site` is the address of a live server; `browse()` opens a page of its own browser context (one person each), at a phone's
or a desktop's width. A story that fails leaves a screenshot under the test's temporary folder and prints its path.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

expect.set_options(timeout=15_000)  # two workers and a browser share two cores
PHONE, DESKTOP = (390, 844), (1440, 900)
HOW_TO_GET = (
    "No browser for the browser tests. On Debian/Ubuntu: apt-get install chromium; "
    "elsewhere: .venv/bin/python -m playwright install chromium"
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

# Playwright keeps an event loop in this thread; Django's guard against ORM calls in one does not apply to tests.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def launch(playwright, *extra: str) -> Browser:
    """Chromium with `extra` arguments. Fails with the way to get one where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        return playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *extra])
    except Error as error:
        pytest.fail(f"{HOW_TO_GET}\n{error.message.splitlines()[0]}", pytrace=False)


@pytest.fixture(scope="session")
def playwright() -> Iterator:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def site(live_server, settings) -> str:
    settings.PUBLIC_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return live_server.url


@pytest.fixture
def browse(browser, site, request, tmp_path) -> Iterator[Callable[..., Page]]:
    """`browse(size=PHONE)` → a page of a new person. Errors in a page's console fail the test at its end."""
    pages: list[Page] = []
    problems: list[str] = []

    def open_page(size: tuple[int, int] = DESKTOP, **options) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=size == PHONE,
            **options,
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                problems.append(f"{page.url}: {message.text}")
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        pages.append(page)
        return page

    yield open_page
    failed = getattr(request.node, "report_call", None)
    for number, page in enumerate(pages):
        if failed is not None and failed.failed and not page.is_closed():
            shot = tmp_path / f"page-{number}.png"
            page.screenshot(path=shot, full_page=True)
            print(f"{page.url} → {shot}")
        page.context.close()
    assert problems == []


def sign_in(page: Page, login: str, password: str) -> None:
    """Through the real sign-in page."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(password)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def follow(link: Locator) -> None:
    """Clicks, and waits for the page that it leads to: what is asked of the page next is asked of the new one."""
    with link.page.expect_navigation():
        link.click()


def fits(page: Page) -> None:
    """The page, as loaded, is no wider than the window."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Waits for what the database, not the page, shows."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)
