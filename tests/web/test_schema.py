"""What the description promises, tried by Schemathesis: no query ends in a failure.

`make fuzz` tries some hundred queries of each address; here it is a few, which break what the
description says, so that none computes for long.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from karwan.web.app import create_app
from karwan.web.problems import MEDIA_TYPE
from karwan.web.site import Site

EXAMPLES = int(os.environ.get("KARWAN_SCHEMA_EXAMPLES", "1"))
"""Queries of each address."""


def test_no_query_that_breaks_the_description_ends_in_a_failure(site: Site) -> None:
    app = create_app(site, hosts=["testserver", "localhost"])
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    seen: list[int] = []
    for result in schema.get_all_operations():
        cases = result.ok().as_strategy(  # type: ignore[union-attr]
            generation_mode=GenerationMode.NEGATIVE
        )

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def answers(case: Case[Any]) -> None:
            reply = case.call()
            seen.append(int(reply.status_code))
            assert reply.status_code < 500, (case.path, case.query, reply.text)
            if reply.status_code >= 400:
                assert reply.headers["content-type"] == [MEDIA_TYPE]

        answers()
    assert len(seen) >= EXAMPLES * 30


def test_the_description_is_openapi(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path, one in described["paths"].items():
        deed = one.get("get") or one["post"]
        asked = {each["name"] for each in deed["parameters"] if each["in"] == "path"}
        assert all(f"{{{name}}}" in path for name in asked), path
        bounded = [each["schema"] for each in deed["parameters"]]
        for schema in bounded:
            inner = schema.get("items", schema)
            assert inner["type"] == "boolean" or {"maxLength", "maximum", "enum"} & set(inner), path


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_an_address_takes_no_other_method(method: str, client: TestClient) -> None:
    reply = getattr(client, method)("/api/v1/compare")
    assert reply.status_code == 405
