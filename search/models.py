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


class LexiconTerm(models.Model):
    """A word that this site adds to the built-in lexicon, or switches off."""

    term = models.CharField(_("词语"), max_length=40, unique=True)
    reading = models.CharField(
        _("读音"), max_length=120, blank=True, help_text=_("多音字才需要填，每个字一个拼音，用空格隔开，如 yue qing")
    )
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
    """Words that mean the same to those who search. Takes effect with the next search."""

    words = models.CharField(_("同义词"), max_length=300, help_text=_("用顿号或空格隔开，如：过桥、转贷、续贷周转"))
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
