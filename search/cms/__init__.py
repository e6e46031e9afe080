"""搜索 in the Wagtail admin: words, synonyms and pins; what is searched for; why results stand where they stand.

Who may do what are Django's permissions of this app's models, granted by the project (`view_searchedquery` opens the log and
the explanation, `add_pin` and `add_synonymgroup` their buttons).
"""
