"""HTTP: the begin page, the app page, files for the browser, health. Every answer carries the content security policy."""

from __future__ import annotations

import html
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from quart import Quart, Response, abort, redirect, request

from igym.assets import Assets
from igym.experiment import Experiment
from igym.files import TYPES, Files
from igym.runtime import Runtime

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
"""(scope, receive, send), of the ASGI specification, version 3."""


def build(
    *,
    experiment: Experiment,
    assets: Assets,
    runtime: Runtime,
    begin: Callable[[], Awaitable[str]],
    knows: Callable[[str], bool],
    health: Callable[[], Mapping[str, Any]],
    debug: Mapping[str, Callable[[], Any]],
    hinder: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]] | None = None,
) -> Quart:
    """`begin` creates a participant and returns its id; `debug` answers below /debug/ (empty in production).

    `hinder` takes what a harness does to the server (None in production).
    """
    app = Quart("igym", static_folder=None)
    files = Files()
    title = html.escape(experiment.title or experiment.id)

    def page(name: str) -> Response:
        text = (
            (assets.client / name)
            .read_text(encoding="utf-8")
            .replace("<title>Study</title>", f"<title>{title}</title>")
        )
        return Response(text, content_type=TYPES[".html"], headers={"Cache-Control": "no-store"})

    async def file(folder: Path, name: str, caching: str) -> Any:
        content = await files.get(folder, name)
        if content is None:
            return abort(404)
        response = Response(content.data, content_type=content.kind, headers={"Cache-Control": caching})
        response.set_etag(content.etag)
        return await response.make_conditional(request)

    @app.get("/")
    async def begin_page() -> Response:
        return page("begin.html")

    @app.post("/participants")
    async def create() -> Any:
        return redirect(f"/{await begin()}", 303)

    @app.get("/<participant_id>")
    async def app_page(participant_id: str) -> Any:
        return page("index.html") if knows(participant_id) else redirect("/", 303)

    @app.get("/healthz")
    async def healthz() -> dict[str, Any]:
        return {**health(), "monotonic_ms": time.monotonic() * 1000.0}

    @app.get("/static/client/<path:name>")
    async def client(name: str) -> Any:
        return await file(assets.client, name, REVALIDATE)

    @app.get("/static/pyodide/<path:name>")
    async def pyodide(name: str) -> Any:
        return await file(assets.pyodide, name, REVALIDATE)

    @app.get("/static/vendor/<name>")
    async def vendor(name: str) -> Any:
        return await file(assets.socket_io.parent, name, REVALIDATE) if name == assets.socket_io.name else abort(404)

    @app.get("/static/archives/<name>")
    async def archive(name: str) -> Any:
        found = runtime.archives.get(f"/static/archives/{name}")
        return (
            Response(found.data, content_type=TYPES[".zip"], headers={"Cache-Control": IMMUTABLE})
            if found
            else abort(404)
        )

    @app.get("/static/packages/<digest>/<name>")
    async def package(digest: str, name: str) -> Any:
        found = runtime.wheels.get(f"/static/packages/{digest}/{name}")
        return await file(found.path.parent, found.path.name, IMMUTABLE) if found else abort(404)

    @app.get("/debug/<name>")
    async def debugging(name: str) -> Any:
        answer = debug.get(name)
        return answer() if answer else abort(404)

    @app.post("/debug/hinder")
    async def hindering() -> Any:
        wanted = await request.get_json(silent=True)
        if hinder is None or not isinstance(wanted, dict):
            return abort(404)
        try:
            return await hinder(wanted)
        except ValueError as error:
            return Response(str(error), status=400, content_type="text/plain")

    return app


def guarded(app: Asgi) -> Asgi:
    """Puts the policy on every answer, those of Socket.IO included."""

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await app(scope, receive, sending)

    return asgi
