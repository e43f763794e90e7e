"""Self-contained HTML: one style for every page and table that the harness makes. No script, nothing loaded."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

STYLE = Path(__file__).with_name("report.css")
NOTHING = "\u2013"


class Html(str):
    """Text that is markup already; every other text is escaped."""

    __slots__ = ()


def cell(value: Any) -> str:
    """A value as the inside of an element."""
    if isinstance(value, Html):
        return value
    return NOTHING if value is None else escape(str(value))


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], *, wide: Sequence[int] = ()) -> Html:
    """A table; the columns in `wide` (by number) may break their lines, the others do not."""
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(
        "<tr>" + "".join(_td(value, tight=at not in wide) for at, value in enumerate(row)) + "</tr>" for row in rows
    )
    return Html(f'<div class="scroll"><table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div>')


def badge(outcome: str, text: str | None = None) -> Html:
    """An outcome in its colour; the word is always there, colour alone says nothing."""
    kind = {"holds": "pass", "violated": "fail", "no-data": "unknown"}.get(outcome, outcome)
    return Html(f'<span class="badge {escape(kind)}">{escape(text or outcome)}</span>')


def story(sentences: Sequence[str]) -> Html:
    return Html('<ol class="story">' + "".join(f"<li>{cell(sentence)}</li>" for sentence in sentences) + "</ol>")


def page(title: str, body: Sequence[str]) -> str:
    """A whole document."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head><body><main>{''.join(body)}</main></body></html>\n"
    )


def _td(value: Any, *, tight: bool) -> str:
    return f'<td class="tight">{cell(value)}</td>' if tight else f"<td>{cell(value)}</td>"
