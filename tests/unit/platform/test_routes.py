"""HTTP: nothing is created by looking, everything carries the policy, nothing outside the folders is served."""

from __future__ import annotations

import json
from typing import Any

import pytest

from igym.routes import POLICY


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/", 200, "text/html; charset=utf-8"),
        ("/healthz", 200, "application/json"),
        ("/static/client/main.js", 200, "text/javascript"),
        ("/static/client/style.css", 200, "text/css"),
        ("/static/vendor/socket.io.esm.min.js", 200, "text/javascript"),
        ("/static/pyodide/pyodide.mjs", 200, "text/javascript"),
        ("/static/pyodide/pyodide.asm.wasm", 200, "application/wasm"),
        ("/debug/snapshot", 200, "application/json"),
        ("/static/client/nothing.js", 404, ""),
        ("/static/client/../../pyproject.toml", 404, ""),
        ("/static/client/%2e%2e/%2e%2e/package.json", 404, ""),
        ("/static/client/%00.js", 404, ""),
        (f"/static/pyodide/{'x' * 300}.js", 404, ""),
        ("/static/vendor/other.js", 404, ""),
        ("/static/archives/0.zip", 404, ""),
        ("/static/packages/0/x.whl", 404, ""),
        ("/debug/secrets", 404, ""),
        ("/nobody", 303, ""),
        ("/socket.io/", 400, "text/plain"),
    ],
)
async def test_what_is_served_and_what_is_not(server: Any, path: str, status: int, kind: str) -> None:
    found, headers, _ = await server.get(path)
    assert found == status
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"].startswith(kind)


async def test_looking_creates_nobody(server: Any) -> None:
    for path in ("/", "/participants", "/nobody", "/"):
        await server.get(path)
    _, _, body = await server.get("/debug/snapshot")
    assert json.loads(body)["participants"] == {}
    await server.begin()
    _, _, body = await server.get("/debug/snapshot")
    assert len(json.loads(body)["participants"]) == 1


async def test_health_tells_this_server_from_another(server: Any) -> None:
    _, _, body = await server.get("/healthz")
    health = json.loads(body)
    assert (health["ready"], health["nonce"]) == (True, "nonce")
    assert server.url.endswith(str(health["port"]))


async def test_the_pages_run_no_inline_script(server: Any) -> None:
    participant = await server.begin()
    for path in ("/", f"/{participant}"):
        _, _, body = await server.get(path)
        text = body.decode()
        assert "<script>" not in text
        assert "onclick" not in text
        assert "<title>A small kitchen</title>" in text
