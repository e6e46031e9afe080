"""Addresses named in templates are found out once, and stay those of the page."""

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.template import Context, RequestContext, engines
from django.template.base import NodeList
from django.template.defaulttags import URLNode
from django.templatetags.static import StaticNode
from django.test import RequestFactory
from django.test.utils import override_script_prefix
from django.urls import include, path
from django.utils.translation import override

from portal import addresses

SHELF = ([path("books/", HttpResponse, name="books")], "shelf")
urlpatterns = [
    path("one/", include(SHELF, namespace="one")),
    path("two/", include(SHELF, namespace="two")),
    *i18n_patterns(path("here/", HttpResponse, name="here")),
]


@pytest.fixture
def remembering(monkeypatch):
    monkeypatch.setattr(URLNode, "render", URLNode.render)  # put back afterwards
    monkeypatch.setattr(StaticNode, "render", StaticNode.render)
    monkeypatch.setattr(NodeList, "get_nodes_by_type", NodeList.get_nodes_by_type)
    addresses.remember()


def drawn(text: str):
    template = engines["django"].engine.from_string(text)
    return lambda **known: template.render(Context(known))


def test_plain_addresses_are_the_same_each_time(remembering):
    draw = drawn("{% url 'display' size='large' %} {% static 'img/logo.svg' %}")
    assert [draw(), draw()] == ["/display/large/ /static/img/logo.svg"] * 2


def test_address_under_another_prefix_is_another(remembering):
    draw = drawn("{% url 'display' size='large' %}")
    assert draw() == "/display/large/"
    with override_script_prefix("/city/"):
        assert draw() == "/city/display/large/"


def test_address_of_another_instance_or_language_is_another(remembering, settings):
    settings.ROOT_URLCONF = __name__
    template = engines["django"].engine.from_string("{% url 'shelf:books' %} {% url 'here' %}")
    drawn = []
    for instance, language in (("one", "en"), ("two", "en"), ("one", "zh-hans")):
        request = RequestFactory().get("/")
        request.current_app = instance
        with override(language):
            drawn.append(template.render(RequestContext(request)))
    assert drawn == ["/one/books/ /en/here/", "/two/books/ /en/here/", "/one/books/ /zh-hans/here/"]


def test_address_that_depends_on_the_page_is_found_out_each_time(remembering):
    draw = drawn("{% url 'display' size=size %} {% static name %}{% url 'healthz' as it %} {{ it }}")
    assert [draw(size="large", name="a.css"), draw(size="normal", name="b.css")] == [
        "/display/large/ /static/a.css /healthz",
        "/display/normal/ /static/b.css /healthz",
    ]


def test_pages_on_one_base_have_their_own_blocks(remembering):
    base = engines["django"].engine.from_string(
        "<{% block a %}a{% endblock %}{% if yes %}{% block b %}b{% endblock %}{% endif %}>"
    )
    pages = [drawn("{% extends base %}{% block b %}" + text + "{% endblock %}") for text in ("1", "{{ block.super }}2")]
    assert [page(base=base, yes=True) for _time in range(2) for page in pages] == ["<a1>", "<ab2>"] * 2
    assert drawn("{% extends base %}{% block a %}{% endblock %}")(base=base, yes=False) == "<>"
