"""Wagtail search backends: what Django models of Wagtail (pages, images, documents) are found by in its admin.

    WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.backends.database"}}

Then once `manage.py update_index`.
"""
