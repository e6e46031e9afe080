"""Every week: do the links of pages still lead somewhere?"""
