"""The brief as a document for Word and its like, to be edited before it is sent."""

from __future__ import annotations

import datetime as dt
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

from karwan.base.outgoing import plain
from karwan.report.brief.pdf import MissingBriefError, picture
from karwan.report.brief.sheet import Grid, Sheet

if TYPE_CHECKING:
    from types import ModuleType

    from docx.document import Document

LETTERS_PT, SMALL_PT = 9.0, 7.5
MARGIN_MM, WIDTH_MM = 15, 180
PACKED_ON = (1980, 1, 1, 0, 0, 0)
"""The day that every part of the file bears, so that the same sheet is the same bytes."""


def to_docx(sheet: Sheet) -> bytes:
    """Return the sheet as DOCX.

    Raises
    ------
    MissingBriefError
        If what writes it, or draws its chart, is not installed.
    """
    document: Document = docx_writer().Document()
    _set_up(document, sheet)
    document.add_heading(plain(sheet.title), level=1)
    document.add_paragraph(plain(sheet.subtitle), style="Subtitle")
    document.add_paragraph().add_run(plain(sheet.lead)).bold = True
    if sheet.bars:
        _add_chart(document, sheet)
    for point in sheet.points:
        document.add_heading(plain(point.head), level=2)
        style = "List Bullet" if len(point.lines) > 1 else None
        for line in point.lines:
            document.add_paragraph(plain(line), style=style)
    if sheet.grid is not None:
        document.add_heading(plain(sheet.grid.title), level=2)
        _add_grid(document, sheet.grid)
    for line in sheet.foot:
        document.add_paragraph(plain(line), style="Caption")
    written = BytesIO()
    document.save(written)
    return _repacked(written.getvalue())


def docx_writer() -> ModuleType:
    """Return what writes such documents.

    Raises
    ------
    MissingBriefError
        With the line that installs it.
    """
    try:
        import docx
    except ImportError as error:
        raise MissingBriefError("python-docx") from error
    return docx


def _set_up(document: Document, sheet: Sheet) -> None:
    """Set paper, letters, language and what the file says of itself."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(MARGIN_MM - 3)
    looks = {"Normal": LETTERS_PT, "List Bullet": LETTERS_PT, "Subtitle": 8.0, "Caption": SMALL_PT,
             "Heading 1": 15.0, "Heading 2": 10.0}  # fmt: skip
    for name, size in looks.items():
        style: Any = document.styles[name]
        style.font.size, style.font.name = Pt(size), "Liberation Serif"
        style.font.italic, style.font.color.rgb = False, RGBColor(0x1B, 0x23, 0x2B)
        style.paragraph_format.space_before = Pt(4 if name == "Heading 2" else 0)
        style.paragraph_format.space_after = Pt(1)
        style.paragraph_format.line_spacing = 1.0
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(script), None)
    properties = document.core_properties
    day = dt.datetime.combine(sheet.as_of, dt.time())
    properties.created = properties.modified = properties.last_printed = day
    properties.title, properties.language = plain(sheet.title), sheet.tongue.code
    properties.author, properties.comments = "karwan", ""


def _add_chart(document: Document, sheet: Sheet) -> None:
    from docx.shared import Mm

    document.add_heading(plain(sheet.chart_title), level=2)
    drawn = document.add_picture(BytesIO(picture(sheet)), width=Mm(WIDTH_MM))
    drawn._inline.docPr.set("descr", plain(sheet.chart_words))


def _add_grid(document: Document, grid: Grid) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    table = document.add_table(rows=0, cols=len(grid.heads), style="Light List")
    for row in (grid.heads, *grid.rows):
        cells = table.add_row().cells
        for place, words in enumerate(row):
            cells[place].text = plain(words)
            if place in grid.number_columns:
                cells[place].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repacked(packed: bytes) -> bytes:
    """Return a packed file whose parts bear no day."""
    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(packed)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            info = zipfile.ZipInfo(name, PACKED_ON)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return written.getvalue()
