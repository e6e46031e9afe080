"""What a project does with `search` in its first minutes; prints what came of it as JSON."""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from shelf.models import Book  # noqa: E402

from search.queries import find  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
tea = Book.objects.create(title="茶园与贷款", text="采茶季里的资金周转", shelf="经济", pages=120)
Book.objects.create(title="过桥记", text="桥的故事", shelf="文学", pages=310)
hidden = Book.objects.create(title="内部茶经", text="采茶", shelf="经济", is_public=False)
client = Client()
said = {
    "part": client.get("/api/v1/search", {"q": "茶园"}).json()["total"],
    "sounds": [each["title"] for each in client.get("/api/v1/suggest", {"q": "cyydk"}).json()["suggestions"]],
    "page": "<mark>茶园</mark>" in client.get("/search/", {"q": "茶园"}).content.decode(),
    "one kind": client.get("/search/", {"q": "茶", "type": "book", "pages_to": "200"}).status_code,
    "nothing": "没有找到“火锅”" in client.get("/search/", {"q": "火锅"}).content.decode(),
    "empty": client.get("/search/").status_code,
    "bound": find("book", "茶", ranges={"pages": (None, 200)}, facets=["shelf"]).ids == [tea.pk],
}
client.force_login(User.objects.create_user("reader"))
said["signed in"] = client.get("/api/v1/search", {"q": "采茶"}).json()["total"]
tea.title = "橘园与贷款"
tea.save()
hidden.delete()
said["changed"] = [client.get("/api/v1/search", {"q": q}).json()["total"] for q in ("茶园", "橘园", "内部")]
call_command("search", "rebuild", stderr=sys.stderr)
call_command("search", "verify")
call_command("search", "words", json=True)
said["strange"] = sorted({name.split(".")[0] for name in sys.modules} & set(sys.argv[1:]))
print("SAID", json.dumps(said, ensure_ascii=False))
