"""What search keeps in the site's database: the outbox, the site's own words, and shared statistics for ranking.

The index itself belongs to the engines.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .analysis import normalise


class Change(models.Model):
    """Outbox: a document to be looked at again. Written in the transaction of the change; `id` is its version.

    `local`: not yet in the index that lives in this database (an index that is a file of a host keeps count itself).
    `remote`: not yet in Elasticsearch. A row for document 0 is no change: it takes a number that lifts the versions of its kind.
    """

    kind = models.CharField(max_length=31)
    object_id = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    local = models.BooleanField(default=True)
    remote = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("待更新的搜索文档")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["kind", "object_id"], name="search_change_document"),
            models.Index(fields=["kind"], condition=models.Q(remote=True), name="search_change_remote"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class FailedDocument(models.Model):
    """A document that could not be read (its `documents.py` raised) or that an engine refused. It is in no answer until
    it can be; it is tried again a few times, and with each change."""

    kind = models.CharField(max_length=31)
    object_id = models.BigIntegerField()
    attempts = models.PositiveSmallIntegerField(default=1)
    error = models.CharField(max_length=500)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("未能收录的文档")
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_failed_document")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class EngineState(models.Model):
    """The circuit breaker of Elasticsearch, shared by all processes. Not `usable`: nobody asks it; at `retry_at` one task tries."""

    name = models.CharField(max_length=20, primary_key=True)
    usable = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    retry_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("搜索服务器的状态")

    def __str__(self) -> str:
        return self.name


class VocabularyState(models.Model):
    """One row: a number that is another one after each change of words, synonyms and pins, so that every process notices it, and
    which defaults were loaded (none: the built-in ones hold, and the tables add to them). `loaded`: keys of all that ever
    were, so that what editors delete does not come back."""

    version = models.PositiveBigIntegerField(default=1)
    defaults = models.CharField(max_length=32, blank=True)
    loaded = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("词库的版本")

    def __str__(self) -> str:
        return str(self.version)


class LexiconTerm(models.Model):
    """A word that segmentation keeps whole, or how one is read."""

    term = models.CharField(_("词语"), max_length=40, unique=True)
    reading = models.CharField(
        _("读音"), max_length=120, blank=True, help_text=_("多音字才需要填，每个字一个拼音，用空格隔开，如 yue qing")
    )
    is_word = models.BooleanField(_("作为整词"), default=True, help_text=_("取消后只用它的读音，不影响分词。"))
    is_active = models.BooleanField(
        _("使用"), default=True, help_text=_("取消后，内置词库里的同一个词也不再作为整词。")
    )
    note = models.CharField(_("备注"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("词语")
        ordering = ["term"]

    def __str__(self) -> str:
        return self.term

    def clean(self) -> None:
        self.term = "".join(normalise(self.term).text.split())
        self.reading = " ".join(self.reading.lower().split())
        if len(self.term) < 2:
            raise ValidationError({"term": _("一个词至少两个字。")})
        if self.reading and len(self.reading.split()) != len(self.term):
            raise ValidationError({"reading": _("拼音的个数要与字数相同。")})


class SynonymGroup(models.Model):
    """Words that mean the same to those who search, or a saying and what serves it. Takes effect with the next search."""

    words = models.CharField(_("同义词"), max_length=400, help_text=_("用顿号或空格隔开，如：过桥、转贷、续贷周转"))
    is_one_way = models.BooleanField(
        _("只从第一个词找其余的"),
        default=False,
        help_text=_("如“农民、茶农、菇农”：搜“农民”也找“茶农”，搜“茶农”不找“农民”。"),
    )
    is_active = models.BooleanField(_("使用"), default=True)
    note = models.CharField(_("备注"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("同义词")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words

    @property
    def word_list(self) -> list[str]:
        words = self.words
        for mark in "、，,;；|=":
            words = words.replace(mark, " ")
        return words.split()

    def clean(self) -> None:
        if len(set(self.word_list)) < 2:
            raise ValidationError({"words": _("至少写两个词。")})


class Pin(models.Model):
    """A document that comes first when exactly this is searched for, if the reader may see it."""

    query = models.CharField(
        _("搜索词"), max_length=40, help_text=_("与它完全相同的搜索才置顶；全角、繁体、大小写不论。")
    )
    kind = models.CharField(_("类别"), max_length=31)
    object_id = models.BigIntegerField(_("编号"))
    title = models.CharField(_("名称"), max_length=200, blank=True, editable=False)
    sort_order = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("置顶")
        ordering = ["query", "sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["query", "kind", "object_id"], name="search_pin_once")]

    def __str__(self) -> str:
        return f"{self.query} → {self.title or self.object_id}"

    def clean(self) -> None:
        self.query = " ".join(normalise(self.query).text.split())


class SearchedQuery(models.Model):
    """How often something was searched for on a day, in normal form. Nothing says by whom; see `querylog`.

    `results`: how many there were the last time. `clicks`: searches after which a result was opened."""

    day = models.DateField(db_index=True)
    text = models.CharField(_("搜索词"), max_length=40)
    times = models.PositiveIntegerField(_("次数"), default=0)
    results = models.PositiveIntegerField(_("结果"), default=0)
    clicks = models.PositiveIntegerField(_("点开"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("搜索词")
        ordering = ["-day", "-times"]
        constraints = [models.UniqueConstraint(fields=["day", "text"], name="search_query_of_day")]

    def __str__(self) -> str:
        return self.text


class Statistics(models.Model):
    """How common each word is among the documents of a kind: one table for all engines, so that scores agree."""

    kind = models.CharField(max_length=31, primary_key=True)
    documents = models.PositiveIntegerField()
    lengths = models.JSONField(default=dict)
    frequencies = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("词频统计")

    def __str__(self) -> str:
        return self.kind
