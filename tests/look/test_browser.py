"""In a real browser: nothing breaks out sideways, targets are large enough, axe-core finds nothing serious."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.roles import Role
from tests.browser import DESKTOP, PHONE
from tests.factories import ProductFactory, user_with

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("look")]

PAGES = ("/", "/styleguide/", "/policies/", "/cases/", "/search/?q=x", "/accounts/login/", "/no-such-page/")
WIDTHS = (320, 390, 768, 1024, 1440, 1920)
WIDER = """() => {
  const page = document.documentElement, wide = [];
  for (const element of document.querySelectorAll("body *")) {
    const box = element.getBoundingClientRect();
    if (box.right <= page.clientWidth + 1 || !box.width) continue;
    let inside = element.parentElement;
    while (inside && !/auto|scroll|hidden/.test(getComputedStyle(inside).overflowX)) inside = inside.parentElement;
    if (!inside) wide.push(element.tagName + "." + element.className);
  }
  return page.scrollWidth > page.clientWidth ? ["page"].concat(wide.slice(0, 5)) : [];
}"""
SMALL = """() => [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden]), textarea")]
  .filter((element) => {
    const box = element.getBoundingClientRect();
    const inText = element.matches("p a, li a, dd a, td a, h1 a, h2 a, h3 a") && getComputedStyle(element).display === "inline";
    const row = element.closest("label");
    const height = row ? row.getBoundingClientRect().height : box.height;
    return box.width && box.height && !inText && !element.matches(".skip, .visually-hidden *") && height < 43.5;
  }).map((element) => element.outerHTML.slice(0, 90))"""


def serious(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found if each["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_out_sideways(browse, path):
    page = browse()
    broken = {}
    for large in (False, True):
        if large:
            page.context.add_cookies([{"name": "large", "value": "1", "url": page.url}])
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            if wide := page.evaluate(WIDER):
                broken[width, large] = wide
    assert broken == {}


@pytest.mark.parametrize("path", ["/", "/styleguide/", "/policies/", "/accounts/login/"])
def test_targets_are_large_enough_for_a_thumb(browse, path):
    page = browse(PHONE)
    page.goto(path)
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/styleguide/", "/policies/", "/accounts/login/"])
def test_axe_finds_nothing_serious(browse, path, theme):
    page = browse(color_scheme=theme)
    page.goto(path)
    assert serious(page) == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_narrowed_search_is_within_reach_of_thumb_keyboard_and_reader(browse, size):
    for number, amount in enumerate((200_000, 2_000_000)):
        ProductFactory(name=f"潮汐贷{number}", amount_max=amount, kind=("loan", "guarantee")[number])
    page = browse(size)
    page.goto("/search/?q=潮汐&type=product&kind=loan&amount_max_from=100000")
    if size == PHONE:
        page.locator("#filters").click()
    page.get_by_role("slider").first.wait_for()
    assert (serious(page), page.evaluate(SMALL), page.evaluate(WIDER)) == ([], [], [])


def test_axe_finds_nothing_serious_in_the_work_place(browse):
    from tests.browser import sign_in

    user = user_with(Role.SUPERVISOR)
    for size in (PHONE, DESKTOP):
        page = browse(size)
        sign_in(page, user.username, "correct horse")
        page.goto("/desk/")
        assert serious(page) == []
        assert page.evaluate(WIDER) == []


def test_page_works_by_keyboard(browse):
    page = browse()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_menu_closes_by_escape(browse):
    from tests.browser import sign_in

    user = user_with(Role.ADVISOR)
    page = browse(PHONE)
    sign_in(page, user.username, "correct horse")
    page.goto("/styleguide/")
    page.locator("details.menu summary").click()
    assert page.get_by_role("link", name="退出").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="退出").is_visible()


def test_example_of_the_front_page_fills_the_next_one(browse):
    from content.models import HomePage

    HomePage.objects.update(examples="衢江茶叶合作社想借 50 万收鲜叶")
    page = browse(PHONE)
    page.goto("/")
    assert page.get_by_role("textbox", name="用一句话说说您的需要").is_visible()
    assert page.locator(".examples a").get_attribute("href").startswith("/needs/new/?text=")


def test_print_is_dark_on_white_whatever_the_screen_prefers(browse):
    """Every colour that a table head or a notice prints in comes from the light tokens, also for a reader of the dark page."""
    page = browse(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.goto("/styleguide/")
    seen = page.evaluate(
        """() => [".notice", ".table thead th", ".card"].map((each) => {
          const style = getComputedStyle(document.querySelector("main " + each));
          return [style.backgroundColor, style.color, style.borderTopWidth];
        })"""
    )
    assert [colour for _ground, colour, _line in seen] == ["rgb(0, 0, 0)"] * 3
    assert [ground for ground, _colour, _line in seen[:2]] == ["rgba(0, 0, 0, 0)"] * 2
    assert seen[2][2] == "0px"
