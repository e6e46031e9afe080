"""What can not be declared."""

from dataclasses import replace

import pytest

from search.registry import SHADOWS, get, register, unregister
from tests.search.conftest import KIND

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", SHADOWS)
def test_kind_whose_tables_fts5_would_make_for_another_is_refused(sample, name):
    longer = f"{KIND}_{name}"
    with pytest.raises(ValueError, match=f"kinds '{KIND}' and '{longer}' would have tables of the same name"):
        register(replace(sample, kind=longer))
    unregister(KIND)
    try:
        assert register(replace(sample, kind=longer)) is get(longer)  # alone it is a name like any other
        with pytest.raises(ValueError, match=f"kinds '{KIND}' and '{longer}'"):
            register(sample)
    finally:
        unregister(longer)
        register(sample)
