"""The site's first pages, and who may write them."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models.signals import post_delete
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Task,
    Workflow,
)
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from accounts import policies
from accounts.actions import group_for
from accounts.roles import Role

from .models import ArticleIndexPage, CaseIndexPage, HomePage, PolicyIndexPage, PolicyPage

INDEXES = (
    (PolicyIndexPage, "policies", "政策", "按地区查政策：给谁、给多少、找谁办。来源没有写明的，页面照实说明。"),
    (CaseIndexPage, "cases", "案例", "六个地方怎样让企业更快、更省地拿到钱，规则和数字都注明来源。"),
    (ArticleIndexPage, "articles", "文章", "把融资里的词和做法讲明白。"),
)
ROOT, UNSORTED = "全站", "未分组"  # above the home page; of pictures and files in no collection
PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
SEARCH_RIGHTS = (
    "view_searchedquery",
    *(
        f"{verb}_{name}"
        for name in ("lexiconterm", "synonymgroup", "pin")
        for verb in ("view", "add", "change", "delete")
    ),
)
COLLECTION_RIGHTS = {
    "wagtailimages": ("add_image", "change_image", "choose_image"),
    "wagtaildocs": ("add_document", "change_document", "choose_document"),
}


@transaction.atomic
def ensure_site() -> HomePage:
    """Home and the three sections at their fixed addresses. Makes what is missing, leaves what editors changed."""
    site = Site.objects.filter(is_default_site=True).first()
    home = HomePage.objects.first()
    if home is None:
        Locale.objects.get_or_create(language_code=get_supported_content_language_variant(settings.LANGUAGE_CODE))
        root = Page.get_first_root_node() or Page.add_root(title=ROOT, slug="root")
        Page.objects.child_of(root).filter(slug="home").update(slug="welcome", url_path="/welcome/")
        home = root.add_child(
            instance=HomePage(
                title=settings.SITE_NAME, slug="home", lead="看到真正合适的金融产品、为什么合适、要花多少。"
            )
        )
    if site is None:
        Site.objects.create(hostname="localhost", is_default_site=True, root_page=home)
    elif site.root_page_id != home.pk:
        welcome, site.root_page = site.root_page, home
        site.save()
        if welcome.slug == "welcome" and welcome.is_leaf():  # Wagtail's own first page
            welcome.delete()
    Site.objects.filter(is_default_site=True, site_name="").update(site_name=settings.SITE_NAME)
    # What Wagtail makes for itself has English names, and editors meet it in lists to choose from.
    Page.objects.filter(depth=1, title="Root").update(title=ROOT, draft_title=ROOT)
    Collection.objects.filter(depth=1, name="Root").update(name=UNSORTED)
    Group.objects.filter(name__in=("Moderators", "Editors"), user__isnull=True).delete()
    # Wagtail's own review, by a group that has nobody here: a page that is sent there would wait for ever.
    Workflow.objects.filter(name="Moderators approval", workflow_states__isnull=True).delete()
    Task.objects.filter(name="Moderators approval", workflow_tasks__isnull=True, task_states__isnull=True).delete()
    for model, slug, title, intro in INDEXES:
        if not model.objects.exists():
            home.add_child(instance=model(title=title, slug=slug, intro=intro, show_in_menus=True))
    return home


def enter_policy(page: PolicyPage) -> None:
    """What a policy's page has published goes into the register that products refer to."""
    policies.enter(
        page.pk,
        title=page.title,
        url=page.get_absolute_url(),
        number=page.number,
        issuer=page.issuer,
        region=page.region,
        issued_on=page.issued_on,
        valid_from=page.valid_from,
        valid_to=page.valid_to,
    )


def follow_policies() -> None:
    """Keeps the register in step with the pages: published, taken down, removed, moved or given another address."""

    def entered(sender, instance, **kwargs) -> None:
        enter_policy(instance)

    def withdrawn(sender, instance, **kwargs) -> None:
        policies.withdraw(instance.pk)

    def moved(sender, instance, **kwargs) -> None:
        below = PolicyPage.objects.live().filter(pk__in=instance.get_descendants(inclusive=True).values("pk"))
        for page in below:
            enter_policy(page)

    page_published.connect(entered, sender=PolicyPage, weak=False, dispatch_uid="policy-published")
    page_unpublished.connect(withdrawn, sender=PolicyPage, weak=False, dispatch_uid="policy-unpublished")
    post_delete.connect(withdrawn, sender=PolicyPage, weak=False, dispatch_uid="policy-deleted")
    page_slug_changed.connect(moved, weak=False, dispatch_uid="policy-slug")
    post_page_move.connect(moved, weak=False, dispatch_uid="policy-moved")


def sync_groups() -> None:
    """内容编辑 write and publish every page below home, with their pictures and files, and look after search."""
    for label in ("wagtailcore", "search", *COLLECTION_RIGHTS):
        create_permissions(apps.get_app_config(label), verbosity=0)
    editors, home = group_for(Role.EDITOR), ensure_site()
    for right in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS):
        GroupPagePermission.objects.get_or_create(group=editors, page=home.page_ptr, permission=right)
    editors.permissions.add(*Permission.objects.filter(content_type__app_label="search", codename__in=SEARCH_RIGHTS))
    collection = Collection.get_first_root_node() or Collection.add_root(name=UNSORTED)
    for label, codenames in COLLECTION_RIGHTS.items():
        for right in Permission.objects.filter(content_type__app_label=label, codename__in=codenames):
            GroupCollectionPermission.objects.get_or_create(group=editors, collection=collection, permission=right)
