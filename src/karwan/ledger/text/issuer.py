"""Whose text it is, told by its title: a speech's speaker, a chamber, a ministry, a UN cell.

The issuer's own words are the issuer's. Only a news text speaks for itself; a text whose issuer
cannot be told has none, and its "I" and "we" are the speaker's, not named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Genre(StrEnum):
    """What sort of text it is, as far as its title tells."""

    news = "news"
    speech = "speech"
    joint = "joint"
    release = "release"
    report = "report"
    decisions = "decisions"
    positions = "positions"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The sort of a text and the words of its title that name who issues it; blank if none do."""

    genre: Genre
    words: str
    line: str = ""


_JOINT = re.compile(
    r"\bjoint\s+(?:\w+\s+){0,2}?(?:statement|communiqu\w*|declaration|press|release|remarks|message|appeal|"
    r"conclusions|record|outcome|document|protocol)|communiqu|"
    r"\bсовместн\w{2,3}\s+(?:\w+\s+)?(?:заявлени|коммюнике|деклараци|обращени|сообщени|документ|протокол)|"
    r"коммюнике|memorandum|declaration\s+of\s+the\s+(?:parties|"
    r"heads)",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"(?:(?:(?:verbatim|full|edited|unofficial)\s+)*(?:transcript|text|record)\s*(?:of\s+(?:the\s+)?|"
    r"[:–—-]\s*)?)?(?:(?:weekly|daily|monthly|regular|joint|exclusive)\s+)*(?:opening\s+|closing\s+|welcome\s+|keynote\s+|press\s+)?(?:remarks|speech|address|statement|"
    r"intervention|comments|message|interview|briefing)(?:\s+and\s+(?:answers|questions|replies|remarks|q\s*&\s*a))?"
    r"(?:\s+to\s+[^,]+?)?\s+(?:by|of|from|with)\s+"
    r"(?:the\s+|h\.?\s?e\.?\s+|his\s+excellency\s+|her\s+excellency\s+)*(?P<who>.+)",
    re.IGNORECASE,
)
_SPEECH_RU = re.compile(
    r"(?:выступление|речь|обращение|слово|заявление|доклад|интервью|послание|комментарий|брифинг)"
    r"\s+(?P<who>.+)",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\s+(?:at|on|to|before|during|in|following|after|for|regarding|concerning|about|"
    r"на|в|во|по|перед|при|для|о|об|с|после|участникам)\s+|,\s|\s+[-–—]\s|\s*\(|[.:;]?\s*$",
)
_RELEASE = re.compile(
    r"^(?:press|news|media)\s+(?:release|statement|note|notice)\b|^for\s+immediate\s+release|"
    r"^пресс-релиз|^сообщение\s+для\s+(?:печати|прессы)|^информационное\s+сообщение|^notice\b|"
    r"^public\s+notice|^объявление",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"\b(?:situation\s+(?:update|report)|flash\s+(?:update|report)|sitrep|bulletin|"
    r"(?:performance\s+)?brief|overview|monthly\s+report|annual\s+report|report|review|outlook|"
    r"monitor|assessment|snapshot|market\s+watch|survey|"
    r"(?:position|policy|white|discussion|briefing|technical)\s+(?:paper|note|statement)|"
    r"open\s+letter|circular|advisory|fact\s?sheet|newsletter|submission)\b|"
    r"\b(?:обзор|доклад|бюллетень|сводка|отч[её]т|мониторинг|оперативная\s+информация|"
    r"аналитическая\s+записка|открытое\s+письмо|циркуляр|информационное\s+письмо)",
    re.IGNORECASE,
)
_DECISIONS = re.compile(
    r"\b(?:decisions?|outcomes?\s+of\s+the|results?\s+of\s+the\s+meeting|minutes|protocol|"
    r"action\s+points?|resolutions?|directives?|action\s+items?)\b|"
    r"\b(?:протокол|итоги\s+(?:совещан|заседан|встреч)|решени[ея]|постановлени|поручени|"
    r"перечень\s+поручений|распоряжени)",
    re.IGNORECASE,
)
_POSITIONS = re.compile(
    r"\bkey\s+messages\b|\btalking\s+points\b|\bpositions?\b(?!\s+(?:paper|statement|note)\b)|what\s+(?:each|the)\s+\w+\s+said|\bwho\s+said\s+what\b|\bпозици|кто\s+что",
    re.IGNORECASE,
)
ORG = re.compile(
    r"\b(?:ministry|directorate|department|agency|authority|commission|committee|council|chamber|association|"
    r"union|federation|bank|fund|organi[sz]ation|office|programme|program|corporation|company|"
    r"board|"
    r"group|cluster|service|mission|team|embassy|secretariat|institute|cell|assembly|parliament|"
    r"railways?|customs|OCHA|UNHCR|UNDP|WFP|IOM|UNAMA|ADB|IMF|EBRD|AIIB|EDB|IsDB|WHO|UN|EU|SCO|ECO|"
    r"CAREC|IRU|OSCE|министерств|департамент|агентств|комисси|комитет|совет|палат|ассоциаци|союз|"
    r"банк|фонд|организаци|управлени|служб|посольств|секретариат|ООН|ШОС|ЕАЭС|МИД|группа)",
    re.IGNORECASE,
)
_DATED = re.compile(r"\s*[,–—-]?\s*(?:no\.?|issue|№|выпуск)?\s*\d.*$", re.IGNORECASE)


def issuer_of(titles: Sequence[str]) -> Issuer:  # noqa: PLR0911
    """Return the sort of text and its issuer from the lines of its title.

    Examples
    --------
    >>> issuer_of(["Remarks by Minister Ali Khan at the Forum"]).words
    'Minister Ali Khan'
    >>> issuer_of(["Torkham reopens"]).genre.value
    'news'
    """
    lines = _joined([" ".join(line.split()) for line in titles])
    whole = " / ".join(lines)
    if any(_RELEASE.search(line) for line in lines):
        others = [line for line in lines if not _RELEASE.search(line)]
        named = next((line for line in others if ORG.search(line)), "")
        bare = [_after_release(line) for line in lines if _RELEASE.search(line)]
        return Issuer(Genre.release, named or next((one for one in bare if one), ""))
    if _POSITIONS.search(whole):
        return Issuer(Genre.positions, "")
    if _JOINT.search(whole):
        return Issuer(Genre.joint, "")
    if _DECISIONS.search(whole) and not _SPEECH.search(whole):
        return Issuer(Genre.decisions, _body(whole))
    for line in lines:
        for pattern in (_SPEECH, _SPEECH_RU):
            hit = pattern.match(line)
            if hit:
                who = _STOP.split(hit["who"], maxsplit=1)[0].strip()
                genre = Genre.release if ORG.search(who) else Genre.speech
                return Issuer(genre, who, line)
    reports = [line for line in lines if _REPORT.search(line)]
    if reports:
        return (
            Issuer(Genre.report, _reporter(lines, reports[0]))
            if _reporter(lines, reports[0])
            else Issuer(Genre.news, "")
        )
    return Issuer(Genre.news, "")


_BYLINE = re.compile(r"^(?:by|автор:?)\s+(?P<who>[A-Z\u0410-\u042f][^,;:]{3,60})", re.IGNORECASE)


def author_of(titles: Sequence[str]) -> str:
    """Return who wrote a text by the line below its title; blank if none says."""
    return next((hit["who"].strip() for line in titles if (hit := _BYLINE.match(line))), "")


def tells_genre(line: str) -> bool:
    """Whether a line of a title says what sort of text it is, such as "Press release, 4 May"."""
    return any(one.search(line) for one in (_RELEASE, _REPORT, _JOINT, _DECISIONS, _POSITIONS))


_ALONE = re.compile(
    r"(?:joint\s+)?(?:statement|declaration|appeal|remarks|speech|address|заявление|обращение|выступление|"
    r"речь|интервью|открытое\s+письмо)",
    re.IGNORECASE,
)


def _joined(lines: Sequence[str]) -> list[str]:
    """Return the lines of a title, a sort of text alone joined with the line that it belongs to."""
    joined: list[str] = []
    for line in lines:
        if joined and _ALONE.fullmatch(joined[-1]):
            is_english = joined[-1].isascii() and not re.match(
                r"(?:by|of|from)\b", line, re.IGNORECASE
            )
            joined[-1] += f" of {line}" if is_english else f" {line}"
        else:
            joined.append(line)
    return joined


def _after_release(line: str) -> str:
    rest = re.sub(r"^(?:of|from|by)\s+(?:the\s+)?", "", _RELEASE.sub("", line).strip(" :–—-"))
    return rest if ORG.search(rest) and not _DATED.fullmatch(rest) else ""


def _body(title: str) -> str:
    hit = re.search(
        r"(?:of|by)\s+(?:the\s+)?(?P<who>[^,:/]+?)(?:\s+(?:on|of\s+\d|for)\b|[,:/]|$)", title,
        re.IGNORECASE,
    )  # fmt: skip
    met = re.search(
        r"(?:заседани|совещани|встреч)\w*\s+(?P<who>[^,:/«]+?)(?:\s+(?:по|под|от|в|на|с|о|об)\s|[,:/]|$)",
        title,
        re.IGNORECASE,
    )
    hit = hit or met
    return hit["who"].strip() if hit else ""


def _reporter(lines: Sequence[str], report: str) -> str:
    """Return who issues a report: another line that names a body, or the words before "report"."""
    for line in lines:
        if line != report and ORG.search(line):
            return re.split(r"\s+[–—-]\s+|,", line)[0].strip()
    hit = _REPORT.search(report)
    head = re.split(r"\s+[–—-]\s+", report[: hit.start()])[0].strip(" :–—-,") if hit else ""
    if head and ORG.search(head):
        return head
    by = re.match(
        r"\s+(?:of|by|from)\s+(?:the\s+)?(?P<who>[^,:;/]+)", report[hit.end() :] if hit else ""
    )
    who = _STOP.split(by["who"], maxsplit=1)[0].strip() if by else ""
    return who if ORG.search(who) else ""
