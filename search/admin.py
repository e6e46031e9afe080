"""Words and synonyms, edited by the people who know how their town speaks."""

from django.contrib import admin

from .models import LexiconTerm, SynonymGroup


@admin.register(LexiconTerm)
class LexiconTermAdmin(admin.ModelAdmin):
    list_display = ("term", "reading", "is_active", "note")
    list_filter = ("is_active",)
    search_fields = ("term", "note")


@admin.register(SynonymGroup)
class SynonymGroupAdmin(admin.ModelAdmin):
    list_display = ("words", "is_active", "note")
    list_filter = ("is_active",)
    search_fields = ("words", "note")
