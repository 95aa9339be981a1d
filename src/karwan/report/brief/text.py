"""The brief as Markdown and as HTML, which need nothing that is not installed."""

from __future__ import annotations

from html import escape

from karwan.base.outgoing import markdown, plain
from karwan.report.brief.chart import draw_bars
from karwan.report.brief.sheet import Grid, Point, Sheet
from karwan.words.speech import label_word

STYLE = """
@page { size: A4; margin: 14mm 16mm; }
body { max-width: 46rem; margin: 1.5rem auto; padding: 0 1rem; color: #1b232b; background: #fff;
  font: 11pt/1.38 "Libertinus Serif", "Liberation Serif", "Times New Roman", serif; }
h1 { margin: 0; font-size: 1.45em; } h2 { margin: .7em 0 .15em; font-size: 1em; color: #0d3b5c; }
p { margin: .15em 0; } ul { margin: .1em 0; padding-inline-start: 1.1em; }
.sub, footer { color: #55606b; font-size: .86em; } .lead { margin: .5em 0; font-size: 1.12em; }
svg { width: 100%; height: auto; } table { width: 100%; border-collapse: collapse; font-size: .9em; }
th, td { padding: .15em .5em .15em 0; border-bottom: 1px solid #d5dade; text-align: start; }
.num { text-align: end; } footer { margin-top: .8em; border-top: 1px solid #d5dade; }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 8.9pt; line-height: 1.25; } }
"""


def to_markdown(sheet: Sheet) -> str:
    """Return the sheet as Markdown; the chart stands in it as words."""
    parts = [f"# {markdown(sheet.title)}", markdown(sheet.subtitle), f"**{markdown(sheet.lead)}**"]
    if sheet.chart_words:
        parts.append(markdown(sheet.chart_words))
    for point in sheet.points:
        parts += [f"## {markdown(point.head)}", _markdown_lines(point)]
    if sheet.grid is not None:
        parts += [f"## {markdown(sheet.grid.title)}", _markdown_grid(sheet.grid)]
    parts += [f"*{markdown(line)}*" for line in sheet.foot]
    return "\n\n".join(parts) + "\n"


def _markdown_lines(point: Point) -> str:
    if len(point.lines) == 1:
        return markdown(point.lines[0])
    return "\n".join(f"- {markdown(line)}" for line in point.lines)


def _markdown_grid(grid: Grid) -> str:
    rule = ["---:" if k in grid.number_columns else "---" for k in range(len(grid.heads))]
    rows = [grid.heads, rule, *grid.rows]
    return "\n".join(
        f"| {' | '.join(cell if row is rule else markdown(cell) for cell in row)} |" for row in rows
    )


def sheet_to_html(sheet: Sheet) -> str:
    """Return the sheet as one HTML document that asks for nothing else and prints on one page."""
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{sheet.tongue.code}" dir="{sheet.tongue.direction}"><head>',
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_html(sheet.title)}</title><style>{STYLE}</style></head><body>",
        f'<header><h1>{_html(sheet.title)}</h1><p class="sub">{_html(sheet.subtitle)}</p></header>',
        f'<main><p class="lead"><strong>{_html(sheet.lead)}</strong></p>',
    ]
    if sheet.bars:
        drawn = draw_bars(sheet.bars, sheet.chart_words, label_word("days"))
        parts.append(f"<h2>{_html(sheet.chart_title)}</h2>{drawn}")
    parts += [f"<h2>{_html(point.head)}</h2>{_html_lines(point)}" for point in sheet.points]
    if sheet.grid is not None:
        parts.append(f"<h2>{_html(sheet.grid.title)}</h2>{_html_grid(sheet.grid)}")
    foot = "".join(f"<p>{_html(line)}</p>" for line in sheet.foot)
    return "\n".join([*parts, f"</main><footer>{foot}</footer></body></html>"]) + "\n"


def _html(words: str) -> str:
    return escape(plain(words))


def _html_lines(point: Point) -> str:
    if len(point.lines) == 1:
        return f"<p>{_html(point.lines[0])}</p>"
    return "<ul>" + "".join(f"<li>{_html(line)}</li>" for line in point.lines) + "</ul>"


def _html_grid(grid: Grid) -> str:
    def cell(tag: str, place: int, words: str) -> str:
        kind = ' class="num"' if place in grid.number_columns else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{scope}{kind}>{_html(words)}</{tag}>"

    heads = "".join(cell("th", k, words) for k, words in enumerate(grid.heads))
    rows = "".join(
        "<tr>" + "".join(cell("td", k, words) for k, words in enumerate(row)) + "</tr>"
        for row in grid.rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
