"""Addresses of workspaces: which are taken, and that no secret of one is ever shown."""

from __future__ import annotations

import pytest

from karwan.base.workspaces import DatabaseUrl, typed_workspace


def test_a_password_with_a_slash_is_refused_and_not_shown() -> None:
    with pytest.raises(ValueError, match="write one of a password as %2F") as told:
        typed_workspace("postgresql://desk:12/34@host/karwan")
    assert "34" not in str(told.value)
    assert str(typed_workspace("postgresql://desk:12%2F34@host/karwan")) == (
        "postgresql://desk@host/karwan"
    )
    allowed = typed_workspace("postgresql://host/karwan?password=a@b")
    assert str(allowed) == "postgresql://host/karwan"


@pytest.mark.parametrize("typed", ["a+b", "a%2Bb"])
def test_no_secret_of_the_query_is_told(typed: str) -> None:
    place = DatabaseUrl(f"postgresql://host/karwan?password={typed}&sslmode=require")
    assert place.without_secrets("password a+b is wrong") == "password *** is wrong"
    assert str(place) == "postgresql://host/karwan?sslmode=require"
