"""What the site of the documentation needs besides Markdown: a hook of MkDocs.

* The notebook is run and stands as a page with what its cells show; a cell that fails ends the
  build.
* Files of the project's root (README, changelog and so on) are pages too, and links to them lead
  there; a link into the source becomes the path that it named.
* Formulas between dollar signs become MathML when the site is built, so that a page needs no
  script and no font from elsewhere to show them.
* Links to other hosts are listed in `outer-links.csv` beside the pages; nothing follows them.
"""

from __future__ import annotations

import ast
import csv
import html
import json
import posixpath
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = "first-answers.ipynb"
ROOT_PAGES = {
    "README.md": "project/readme.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "LICENSE-DATA.md": "project/data-licences.md",
}
"""Files of the project's root that are pages of the site."""
BOOST = {
    "start/": 2.0, "how/": 1.5, "project/readme": 1.0, "project/": 0.2, "developer/": 0.2,
    "api": 0.5, "cli": 0.7,
}  # fmt: skip
"""How much a page weighs in the search of the site, by how its path begins.

A reader's question leads first to what is done about it.
"""
LINK = re.compile(r"\[([^\]]*)\]\(([^()\s]+)\)")
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
OUTER = re.compile(r'<a [^>]*href="(https?://[^"]+)"')
LOADED = re.compile(r'<(?:link|script|img|iframe|source)\b[^>]*(?:href|src)="(?:https?:)?//[^"]+"')

_outer: dict[str, list[str]] = {}


class BrokenPageError(Exception):
    """A page that may not be shipped."""


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell among names and return the value of its last line, if that is an expression."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "cell", "exec"), names)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def shown(value: Any) -> dict[str, str]:
    """Return a value in the forms in which a notebook shows it."""
    forms = {"text/html": "_repr_html_", "image/svg+xml": "_repr_svg_"}
    told = {kind: getattr(value, name)() for kind, name in forms.items() if hasattr(value, name)}
    return told | {"text/plain": repr(value)}


def notebook_page(content: Mapping[str, Any]) -> str:
    """Return a notebook as Markdown, its code run and what it shows below each cell."""
    names: dict[str, Any] = {}
    parts = []
    for cell in content["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        value = run_cell(source, names)
        if value is not None:
            parts.append(_output(shown(value)))
    return "\n\n".join(parts) + "\n"


def _output(told: Mapping[str, str]) -> str:
    for kind in ("image/svg+xml", "text/html"):
        if kind in told:
            # One line: a blank one would end the block, and Markdown would read the rest.
            return f'<div class="cell-output">{_one_line(told[kind])}</div>'
    return f"```text\n{told['text/plain']}\n```"


def _one_line(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    from mkdocs.structure.files import File

    _outer.clear()
    content = json.loads((ROOT / "docs" / NOTEBOOK).read_text(encoding="utf-8"))
    made = {"first-answers.md": notebook_page(content)}
    for name, page in ROOT_PAGES.items():
        made[page] = (ROOT / name).read_text(encoding="utf-8")
    for page, text in made.items():
        files.append(File.generated(config, page, content=text))
    notebook = files.get_file_from_path(NOTEBOOK)
    if notebook is not None:
        files.remove(notebook)
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Lead links to files outside the folder to where the site has them."""
    home = page.file.src_uri
    origin = next((name for name, made in ROOT_PAGES.items() if made == home), f"docs/{home}")

    def lead(match: re.Match[str]) -> str:
        words, target = match.groups()
        return _led(words, target, origin, home) or match.group(0)

    parts = re.split(r"(^```.*?^```)", markdown, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else LINK.sub(lead, part) for part in parts)


def _led(words: str, target: str, origin: str, home: str) -> str | None:
    """Return a link as the site writes it, or None for one that stands as it is."""
    if "://" in target or target.startswith(("#", "mailto:")):
        return None
    path, _, anchor = target.partition("#")
    named = posixpath.normpath(posixpath.join(posixpath.dirname(origin), path))
    if named == f"docs/{NOTEBOOK}":
        led = "first-answers.md"
    elif named in ROOT_PAGES:
        led = ROOT_PAGES[named]
    elif named.startswith("docs/"):
        led = named.removeprefix("docs/")
    else:
        return f"{words} (`{named}`)" if words.strip("`") != named else f"`{named}`"
    link = posixpath.relpath(led, posixpath.dirname(home) or ".")
    return f"[{words}]({link}{'#' * bool(anchor)}{anchor})"


@cache
def mathml(formula: str, display: str) -> str:
    """Return a formula of LaTeX as MathML, which browsers set themselves."""
    from latex2mathml.converter import convert

    return str(convert(html.unescape(formula), display=display))


def boost(home: str) -> float:
    """Return how much a page weighs in the search of the site.

    Examples
    --------
    >>> boost("how/duty.md"), boost("project/readme.md"), boost("project/changelog.md")
    (1.5, 1.0, 0.2)
    """
    return next((told for start, told in BOOST.items() if home.startswith(start)), 1.0)


def on_page_content(content: str, page: Page, **_: Any) -> str:
    """Set formulas, note links that lead elsewhere, and say how much search prefers the page."""
    page.meta.setdefault("search", {"boost": boost(page.file.src_uri)})
    for link in OUTER.findall(content):
        _outer.setdefault(html.unescape(link), []).append(page.file.src_uri)
    return FORMULA.sub(
        lambda found: mathml(found.group(2), "block" if found.group(1) == "div" else "inline"),
        content,
    )


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """Refuse a page that would load something from another host."""
    loaded = LOADED.search(output)
    if loaded:
        message = f"{page.file.src_uri} loads from another host: {loaded.group(0)}"
        raise BrokenPageError(message)
    return output


def on_post_build(config: MkDocsConfig, **_: Any) -> None:
    """List the links to other hosts."""
    path = Path(config.site_dir) / "outer-links.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["link", "page"])
        writer.writerows(
            [link, page] for link in sorted(_outer) for page in sorted(set(_outer[link]))
        )
