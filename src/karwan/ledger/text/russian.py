"""Russian: who says what, by cues of its own, and names in the forms that a sentence gives them.

A gazetteer of forms, no dictionary of morphology: the endings below are applied to names alone, so
that a name in a sentence leads to its row whatever case it stands in. It is small, has no data of
its own and reads as fast as the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_PAST = r"(?:л|ла|ло|ли)"
_STEMS = {
    "": "заяви|сообщи|объясни|разъясни|прокомментирова|отмети|подчеркну|добави|сказа|рассказа|указа|напомни|подтверди|поясни|уточни|"
        "констатирова|призна|написа|объяви|приветствова|доложи|ответи|выступи|информирова|увери|"
        "проинформирова|обсуди|рассмотре",
    "assessment": "счита|полага|выразил[аио]?\\s+(?:обеспокоенность|озабоченность|тревогу|надежду|сомнение|"
                  "заинтересованность|уверенность|мнение)"
                  "|назва|оцени|усомни",
    "warning": "предупреди|предостерег|предостерёг",
    "assurance": "завери|гарантирова",
    "commitment": "пообеща|обеща|обяза|поклял|договори|услови|согласи|реши",
    "denial": "опроверг|отверг|отрица",
    "instruction": "поручи|приказа|распоряди|предписа",
    "request": "призва|попроси|потребова|предложи|обрати",
    "allegation": "обвини|осуди|раскритикова|пожалова|упрекну",
}  # fmt: skip
_PRESENT = {
    "": "заявля|сообща|отмеча|подч[её]ркива|добавля|говор|рассказыва|указыва|напомина|подтвержда|"
        "объясня|разъясня|утвержда|"
        "призна|пишет|пишут|информиру|уточня|поясня|приветству",
    "assessment": "счита|полага|оценива|рассчитыва|выража\\w+\\s+(?:обеспокоенность|озабоченность|тревогу|надежду)|дума|увере|"
                  "ожида|прогнозиру|сомнева|опаса",
    "warning": "предупрежда|предостерега",
    "assurance": "заверя|гарантиру",
    "commitment": "обеща|обязу|намере|планиру",
    "denial": "опроверга|отверга|отрица",
    "instruction": "поруча|приказыва|предписыва",
    "request": "призыва|прос[яи]т|прошу|просим|требу|предлага",
    "allegation": "обвиня|осужда|критику|жалу",
}  # fmt: skip


def _cues(act: str) -> str:
    past = rf"(?:{_STEMS[act]})(?:л[аои]?(?:с[ья])?|с[ья]|ла|ли)?"
    present = rf"(?:{_PRESENT[act]})\w{{0,4}}"
    return rf"(?:{past}|{present})"


ACTS = tuple(_STEMS)
CUE = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<a{n}>{_cues(act)})" for n, act in enumerate(ACTS)) + r")(?![\w-])",
    re.IGNORECASE,
)  # fmt: skip
READY = re.compile(r"(?<!\w)выразил[аио]?\s+готовность\s+", re.IGNORECASE)
SET_TARGET = re.compile(r"(?<!\w)поставил[аио]?\s+(?:цель|задачу)\s+", re.IGNORECASE)
BY_WORDS = re.compile(
    r"^\s*(?:как\s+(?:сообщ|заяв|отме[тч]|рассказ|переда|поясн|указ|пиш|подч[её]рк|говор|счита|утвержда|объясн|уточн)\w*|по\s+(?:словам|данным|"
    r"мнению|информации|сведениям|оценк[еа]м?|сообщени\w+|утверждени\w+)|"
    r"согласно)\s+(?P<who>[^,]{2,80}?),\s*",
    re.IGNORECASE,
)
TRAILING = re.compile(
    r",?\s*(?:[—–-]\s*)?(?<!\w)(?P<cue>сообщил|заявил|отметил|подчеркнул|добавил|сказал|рассказал|"
    r"указал|уточнил|пояснил|объяснил|ответил|проинформировал|посетовал|"
    r"предупредил|пообещал|заверил|напомнил|считает|считают|полагает|полагают|говорит|говорят|сообщает|сообщают|"
    r"заявляет|заявляют|отмечает|отмечают|передаёт|передает|"
    r"подытожил|резюмировал|заключил|посетовал|говорится|утверждает|утверждают|предупреждают|уверяют|жалуются|подтверждают|обещают|заверяют|объясняют|поясняют|рассказывают|"
    r"признают|опасаются|прогнозируют|ожидают|убеждён|убежден|уверен|прогнозирует|пожаловался|признал|объявил|"
    r"подтвердил)(?P<end>а|о|и|ла|ли)?(?!\w)\s*(?P<who>(?:[^,«»]|«[^«»]{1,60}»){0,90}?)[.!?]?\s*$",
    re.IGNORECASE,
)
BY_HIS = re.compile(
    r"^\s*по\s+(?P<whose>его|её|ее|их)(?:\s+же)?\s+(?:словам|данным|мнению|информации|сведениям|"
    r"оценк[еа]м?|сообщени\w+|утверждени\w+|подсч[её]там|расч[её]там|прогноз\w+|убеждению),?\s*",
    re.IGNORECASE,
)
"""By whose words, told by a pronoun: "по его словам"."""
WHOSE = {"его": "он", "её": "она", "ее": "она", "их": "они"}
BREAK = re.compile(
    r";\s+|,\s+(?:но|однако|при\s+этом)\s+|,\s+а\s+также\s+(?=что\s|о\s+том|\w+(?:л|ла|ли|ет|ит|ют|ут|ят)(?:ся)?\s)|\s+и\s+(?=(?:также\s+)?(?:" + "|".join(
        f"(?:{_cues(act)})" for act in ACTS) + r")(?!\w))|,\s+(?=(?:добавив|отметив|"
        r"подчеркнув|пообещав|"
    r"предупредив|заявив|указав|призвав)\s)",
    re.IGNORECASE,
)  # fmt: skip
GERUND = re.compile(
    r"^(?P<cue>добавив|отметив|подчеркнув|пообещав|предупредив|заявив|указав|"
    r"призвав),?\s+(?:что\s+)?",
    re.IGNORECASE,
)
GERUND_ACTS = {"пообещав": "commitment", "предупредив": "warning", "призвав": "request"}
AFTER = re.compile(
    r"(?:\s+(?:журналистам|репорт[её]рам|корреспондентам))?\s*,?\s*(?:о\s+том,\s+)?(?:что|чтобы|:)?\s*[—–-]?\s*",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"^[—–-]\s*(?P<who>[А-ЯЁA-Z][^,.;:]{1,70})[.]?$")
"""A dash and a name behind a quotation: «...» — Минэнерго."""
_NEGATED = re.compile(r"(?<!\w)не\s*$", re.IGNORECASE)
LEAD = re.compile(
    r"^(?:напомним(?:,\s+что)?|отметим(?:,\s+что)?|(?:стоит|следует)\s+отметить,\s+что|кроме\s+того|также|однако|при\s+этом|в\s+свою\s+очередь|между\s+тем|ранее|позже|"
    r"затем|вместе\s+с\s+тем|"
    r"в\s+(?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)|накануне|сегодня|"
    r"вчера|и|а|но)\s*,?\s+",
    re.IGNORECASE,
)
PLURAL = re.compile(
    r"^(?:они|обе\s+стороны|стороны|лидеры|президенты|министры|главы(?:\s+\w+){0,2}|участники)$",
    re.IGNORECASE,
)
SINGULAR = re.compile(
    r"^(?:он|она|оно|президент|министр|премьер(?:-министр)?|посол|представитель|ведомство|"
    r"министерство|"
    r"глава\s+(?:мид|государства|ведомства|правительства)|дипломат|чиновник|"
    r"политик)$", re.IGNORECASE
)  # fmt: skip
FIRST_PERSON = re.compile(
    r"(?<!\w)(?:я|мы|мне|нам|наш\w*|мой|моя|мо[её]|моего|нас)(?!\w)", re.IGNORECASE
)
TITLE = (
    r"(?:президент\w*|премьер\w*(?:-министр\w*)?|вице-премьер\w*|министр\w*|замминистр\w*|"
    r"заместител\w*|пос[ло]л?\w*|представител\w*|"
    r"пресс-секретар\w*|спикер\w*|глав[аыеу]\w*|директор\w*|председател\w*|секретар\w*|"
    r"губернатор\w*|аким\w*|хоким\w*|депутат\w*|"
    r"эксперт\w*|аналитик\w*|экономист\w*|начальник\w*|руководител\w*|генерал\w*|"
    r"спецпредставител\w*|менеджер\w*|сотрудник\w*|владел[еь]?ц\w*|водител\w*|предпринимател\w*|"
    r"логист\w*|юрист\w*|бизнесмен\w*)"
)
_HAS_TITLE = re.compile(rf"(?<!\w){TITLE}", re.IGNORECASE)
_PARTICLES = frozenset({"хан", "уль", "аль"})
_GENITIVE = re.compile(r"(?:ов|ев|ёв|ин|ын)а$")
_INSTRUMENTAL = re.compile(r"(?:ов|ев|ёв|ин|ын)ым$")
_OF_A_COMPANY = re.compile(
    r"менеджер\w*|сотрудник\w*|директор\w*|председател\w*\s+правлени|гендиректор|владел(?:ец|ьц)|основател|предпринимател",
    re.IGNORECASE,
)
KIND_WORDS = (
    (re.compile(r"(?<!\w)(?:талиб|ИЭА|Исламск\w+\s+Эмират|"
        r"де-факто)", re.IGNORECASE), "de_facto_authority"),
    (re.compile(r"(?<!\w)(?:аналитик|эксперт|наблюдател|экономист|обозревател|"
        r"жител)", re.IGNORECASE), "unnamed_analysts"),
    (re.compile(r"(?<!\w)(?:ООН|УКГВ|УВКБ|ВПП)(?!\w)"), "un_body"),
    (re.compile(r"(?<!\w)(?:банк|АБР|ЕБРР|МВФ|ЕАБР)", re.IGNORECASE), "lender"),
    (re.compile(r"(?<!\w)(?:палат|ассоциаци|союз|перевозчик|торгов(?:ц|ец)|экспедитор|"
        r"предпринимател)", re.IGNORECASE), "trade_body"),
    (re.compile(r"(?<!\w)(?:ШОС|ЕАЭС|ОЭС|ОИС|СНГ|Красн\w+\s+Крест)"), "international_organisation"),
    (re.compile(r"(?<!\w)(?:железн\w+\s+дорог|железнодорожник|компани|"
        r"корпораци)", re.IGNORECASE), "state_company"),
    (re.compile(r"(?<!\w)(?:сторон[аы]|министерств|МИД|правительств|комитет|служб|ведомств|"
        r"министр|президент|премьер|посол|"
                r"делегаци|кабинет|таможн|агентств|мин(?:транс|фин|торг|эк|юст|обороны)|госдеп)", re.IGNORECASE), "government"),
    (re.compile(r"(?<!\w)(?:источник|чиновник|официальн\w+\s+лиц|"
        r"представител)", re.IGNORECASE), "official_unnamed"),
)  # fmt: skip


_OF_THIS = re.compile(
    r"^(?:Об\s+этом|О\s+соответствующ\w+\s+\w+)\s+(?:(?:сегодня|накануне|ранее)\s+)?(?:(?:в|на|во|по)\s+[^,.]{2,70}?\s+)?(?:(?:сегодня|накануне|ранее)\s+)?"
    r"(?P<cue>сообщ\w+|заяв\w+|рассказ\w+|говорится|пиш[еу]т|написал\w*|переда[ёе]т|объявил\w*|информиру\w+|уведомил\w*|"
    r"упомянул\w*|известил\w*)\s*(?P<rest>[^.]*?)[.]?$",
    re.IGNORECASE,
)


def said_this(words: str) -> str | None:
    """Return who a sentence names as having said what stands before it; blank for an outlet.

    None if the sentence says something of its own.

    Examples
    --------
    >>> said_this("Об этом в беседе с журналистами сообщил вице-премьер Оверчук.")
    'вице-премьер Оверчук'
    >>> said_this("Об этом сообщает ТАСС."), said_this("Пункт закрыт.")
    ('', None)
    """
    hit = _OF_THIS.match(words.strip())
    if hit is None or ("," in hit["rest"] and "со ссылк" not in hit["rest"]):
        return None
    who = bare_who(hit["rest"].lstrip(", "))
    return "" if not who or _OUTLET.match(who) else who


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A clause of a Russian sentence: where its words stand, its cue with its act, and who."""

    start: int
    end: int
    cue: str
    act: str
    subject: str
    starts_anew: bool


def clauses(text: str, start: int, end: int) -> list[Told]:
    """Return the clauses of a Russian sentence in order; at least one."""
    cuts = [(hit.start(), hit.end()) for hit in BREAK.finditer(text, start, end)]
    pieces: list[tuple[int, int]] = []
    at = start
    for left, right in [*cuts, (end, end)]:
        if len(text[at:left].split()) >= 3 and (left == end or len(text[right:end].split()) >= 2):  # noqa: PLR2004
            pieces.append((at, left))
            at = right
    if at < end:
        if pieces and len(text[at:end].split()) < 3:  # noqa: PLR2004
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((at, end))
    return [_told(text, left, right, is_first=n == 0) for n, (left, right) in enumerate(pieces)]


def _told(text: str, start: int, end: int, *, is_first: bool) -> Told:
    words = text[start:end]
    lead = LEAD.match(words)
    at = lead.end() if lead else 0
    by = BY_HIS.match(words[at:]) or BY_WORDS.match(words[at:])
    if by:
        whose = by.groupdict().get("whose")
        is_opinion = whose and re.search("мнени|убежд", by[0], re.IGNORECASE)
        return Told(
            start=start + at + by.end(),
            end=end,
            cue="по словам",
            act="assessment" if is_opinion else "",
            subject=WHOSE[whose.lower()] if whose else bare_who(by["who"]),
            starts_anew=is_first,
        )
    gerund = GERUND.match(words)
    if gerund:
        act = GERUND_ACTS.get(gerund["cue"].lower(), "")
        return Told(
            start=start + gerund.end(),
            end=end,
            cue=gerund["cue"],
            act=act,
            subject="",
            starts_anew=is_first,
        )
    behind = _told_behind(text, start, words, is_first=is_first)
    if behind is not None:
        return behind
    for pattern, act in ((READY, "assurance"), (SET_TARGET, "target")):
        hit = pattern.search(words)
        if hit and is_subject(words[: hit.start()]):
            return Told(
                start=start + hit.end(),
                end=end,
                cue=hit[0].strip(),
                act=act,
                subject=subject(words[: hit.start()]),
                starts_anew=is_first,
            )
    for hit in CUE.finditer(words):
        before = words[: hit.start()]
        if len(before) > MOST_SUBJECT_CHARS:
            break
        if _NEGATED.search(before) or not is_subject(before):
            continue
        if hit.end() >= len(words.rstrip(" .")):
            continue
        passed = AFTER.match(words, hit.end())
        begin = passed.end() if passed else hit.end()
        who = _behind(words, before, begin)
        return Told(
            start=start + begin if who is None else start,
            end=end if who is None else start + hit.start(),
            cue=hit[0],
            act=cue_act(hit),
            subject=who or subject(before),
            starts_anew=is_first,
        )
    return Told(start=start, end=end, cue="", act="", subject="", starts_anew=is_first)


def _told_behind(text: str, start: int, words: str, *, is_first: bool) -> Told | None:
    """Return words with who is named behind them: "..., сообщил министр"; None if nobody is.

    An outlet that passes on what another said is nobody.
    """
    after = TRAILING.search(words)
    if after is None:
        return None
    who = after["who"].strip()
    if _OUTLET.match(who) and not _CITED.match(who):
        inner = _told(text, start, start + after.start(), is_first=is_first)
        if inner.cue and inner.subject:
            return inner
    if not words[: after.start()].rstrip() or "," not in words[: after.start() + 1]:
        return None
    hit = CUE.search(after["cue"] + (after["end"] or ""))
    return Told(
        start=start,
        end=start + after.start(),
        cue=after["cue"],
        act=cue_act(hit) if hit else "",
        subject=bare_who(who),
        starts_anew=is_first,
    )


_WEEKDAY = r"(?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)"
_OCCASION = (
    r"(?:брифинг|пресс-конференци|встреч|форум|заседани|совещани|саммит|конференци|полях|сайт|странич|странице|"
    r"интервью|эфир|беседе|разговор|ходе|комментари|обращени|выступлени|послани|кулуар|своём|своем|своей|соцсет|"
    r"социальн|telegram|телеграм|facebook|твиттер|twitter|открыти|церемони)\w*"
)
_BEFORE_WHO = re.compile(
    rf"^(?:(?:в|во|на)\s+(?:{_WEEKDAY}|(?:этот|тот\s+же)\s+день)|(?:журналистам|репорт[её]рам|корреспондентам)|"
    r"(?:агентству|изданию|газете|порталу|телеканалу|радиостанции|корреспонденту)\s+(?:[«“\"][^»”\"]+[»”\"]|\S+)|"
    r"накануне|сегодня|вчера|ранее|позже|также|тогда|в\s+(?:свою\s+очередь|частности|итоге)|со\s+своей\s+стороны|"
    r"\d{1,2}\s+[а-яё]+|(?:в|на|во|по)\s+"
    + _OCCASION
    + r"(?:\s+(?!"
    + TITLE
    + r")[а-яё«]\S*){0,4})\s+",
    re.IGNORECASE,
)
"""Words between a verb and who spoke: "сообщил в среду журналистам начальник таможни"."""
_TO_WHOM = re.compile(
    rf"\s+(?:журналистам|репорт[её]рам|агентству|изданию|газете|порталу|телеканалу|корреспонденту|накануне|"
    rf"сегодня|вчера|(?:в|во)\s+{_WEEKDAY}|(?:в|на|во|по)\s+{_OCCASION}|по\s+итогам|после|во\s+время|"
    r"выступая|комментируя|отвечая|открывая)(?:\s.*)?$",
    re.IGNORECASE,
)
_IN_A_PLACE = re.compile(r"\s+(?:в|на|во)\s+\w+(?:\s.*)?$", re.IGNORECASE)
_IN_A_PAPER = re.compile(
    r"^(?:в|на)\s+(?:\w+\s+)?(?:сообщени|заявлени|документ|пресс-релиз|публикаци|обращени|отч[её]т|сайт|страниц|телеграм-канал)\w*"
    r"(?P<whose>(?:\s.*)?)$",
    re.IGNORECASE,
)
"""Words that stand in a paper of a body: "говорится в сообщении МИД"; of the last body if in nobody's."""
_CITED = re.compile(r"^.*?со\s+ссылк(?:ой|ами)\s+на\s+(?P<who>.+)$", re.IGNORECASE)


def bare_who(words: str) -> str:
    """Return who spoke, without to whom, where and when; whom an outlet cites, where it cites.

    Examples
    --------
    >>> bare_who("в среду журналистам начальник Южной таможни Эрмек Токтосунов")
    'начальник Южной таможни Эрмек Токтосунов'
    >>> bare_who("посол Казахстана в Ташкенте Ерик Утембаев"), bare_who("министр на брифинге")
    ('посол Казахстана в Ташкенте Ерик Утембаев', 'министр')
    >>> bare_who("корреспондент агентства со ссылкой на Минтранс")
    'Минтранс'
    """
    bare = words.strip()
    cited = _CITED.match(bare)
    if cited:
        return cited["who"].strip()
    for _ in range(4):
        shorter = _BEFORE_WHO.sub("", bare)
        if shorter == bare:
            break
        bare = shorter
    bare = _TO_WHOM.sub("", bare).strip()
    paper = _IN_A_PAPER.match(bare)
    if paper:
        return nominative(paper["whose"].strip()) or "ведомство"
    inside = _IN_A_BODY.match(bare)
    if inside:
        return nominative(inside["body"])
    placed = _IN_A_PLACE.sub("", bare).strip()
    return bare if name_of(bare) and not name_of(placed) else placed


_OUTLET = re.compile(
    r"(?:корреспондент\w*|(?:информ)?агентство|издание|портал|телеканал|ТАСС|РИА|Интерфакс|Рейтер|Reuters|AFP|АФП|"
    r"Bloomberg|Kazinform|Казинформ|Sputnik|Спутник|Report|Trend|IRNA|ИРНА|[\w-]+\.(?:ru|uz|kz|kg|tj|az|af|com|news))"
    r"(?!\w)",
    re.IGNORECASE,
)
"""Who passes on what another said: "..., передает корреспондент агентства"."""


def _behind(words: str, before: str, begin: int) -> str | None:
    """Return who stands behind a verb whose object stands before it: "Задержку объяснил министр"."""
    rest = words[begin:].strip(" .")
    is_who = re.match(TITLE + r"(?!\w)", rest, re.IGNORECASE) is not None
    bare = subject(before)
    if not is_who or not bare or re.search(r"(?:что|:|,)\s*$", words[:begin]):
        return None
    is_object = re.match(r"[А-ЯЁ]?[а-яё]+[уюы](?!\w)|(?:О|Об|Обо)\s", bare) is not None
    named = _HAS_TITLE.search(bare) or speaker_kind(bare)
    return (
        bare_who(rest)
        if is_object and not named and len(rest.split()) <= MOST_SUBJECT_WORDS
        else None
    )


def cue_act(hit: re.Match[str]) -> str:
    """Return the act of a cue."""
    return next(act for n, act in enumerate(ACTS) if hit[f"a{n}"])


MOST_SUBJECT_WORDS, MOST_SUBJECT_CHARS = 12, 400


_CITING = re.compile(r",?\s+со\s+ссылк(?:ой|ами)\s+на\s.*$", re.IGNORECASE)
_BY_THE_WAY = re.compile(
    r",\s+(?:в\s+свою\s+очередь|со\s+своей\s+стороны|между\s+тем|однако|в\s+частности)$",
    re.IGNORECASE,
)
_IN_A_BODY = re.compile(
    r"^[Вв]о?\s+(?P<body>(?:[А-ЯЁ]{2,}|[А-ЯЁа-яё]*(?:министерств|комитет|агентств|палат|банк|союз|"
    r"ассоциаци|посольств|ведомств|правительств|совет|департамент|управлени|компани|служб|"
    r"администраци|таможн|фонд|организаци|комисси|мэри|минтранс|минфин|минэк\w*|минторг|госдеп|"
    r"центр|штаб|пресс-служб)\w*)(?:\s.*)?)$",
    re.IGNORECASE,
)
"""A body in which something is said: "в Минтрансе считают", "в МИД сообщили"."""


_WHEN_BEHIND = re.compile(
    r"\s+(?:после|перед|во\s+время|в\s+ходе|по\s+итогам|накануне|на|в|во|по)\s+[а-яё][^,]*$",
    re.IGNORECASE,
)
"""When or where somebody spoke, behind his name: "депутат Иванов после заседания сообщил"."""
_ONLY_WHEN = re.compile(
    rf"(?:(?:в|во)\s+{_WEEKDAY}|(?:в|на|во|по)\s+{_OCCASION}(?:\s+\S+){{0,3}}|\d{{1,2}}\s+[а-яё]+|при\s+этом|"
    r"как|также|об\s+этом|поставлена\s+\w+|принято\s+\w+|достигнут\w*\s+\w+)",
    re.IGNORECASE,
)
"""Words before a verb that say when or where, and name nobody."""


def is_subject(before: str) -> bool:
    """Whether the words before a cue can be its subject."""
    bare = subject(before)
    if _ONLY_WHEN.fullmatch(bare):
        return False
    return len(bare.split()) <= MOST_SUBJECT_WORDS and not re.search(
        r"(?<!\w)(?:что|котор\w+|чтобы|если)(?!\w)|[:;]", bare
    )


def subject(before: str) -> str:
    """Return the subject without openings such as "Кроме того," and adverbs before the verb."""
    bare = before.strip(" ,—–-")
    for _ in range(2):
        bare = LEAD.sub("", bare + " ").strip(" ,")
    bare = _BY_THE_WAY.sub("", _CITING.sub("", bare))
    inside = _IN_A_BODY.match(bare)
    bare = inside["body"] if inside else bare
    when = _WHEN_BEHIND.sub("", bare)
    bare = when if name_of(when) else bare
    return re.sub(r"\s+(?:также|снова|вновь|уже|не|ранее|официально)$", "", bare)


def name_of(words: str) -> str:
    """Return the last name of a person whom the words name with a title; blank if they do not.

    Examples
    --------
    >>> name_of("Президент Казахстана Касым-Жомарт Токаев"), name_of("министра транспорта")
    ('Токаев', '')
    >>> name_of("министра торговли Ерлана Сатыбалдина")
    'Сатыбалдин'
    """
    bare = words.strip(' ,.«»"')
    if not _HAS_TITLE.search(bare):
        return ""
    tokens = bare.split()
    parts: list[str] = []
    for token in reversed(tokens[1:]):
        if not (token[0].isupper() or token in _PARTICLES) or is_place_form(token):
            break
        if _HAS_TITLE.match(token):
            break
        parts.insert(0, token)
    if not parts:
        return ""
    last = parts[-1]
    if last.isupper() and len(parts) == 1:  # МИД, ООН: no person
        return ""
    if _INSTRUMENTAL.search(last) and (len(parts) == 1 or parts[0][-2:] in ("ом", "ем", "им")):
        return last[:-2]
    genitive = len(parts) > 1 and parts[0][-1:] in "ая" and _GENITIVE.search(last)
    return last[:-1] if genitive else last


_NOMINATIVE = {
    "министра": "министр", "президента": "президент", "представителя": "представитель", "главы": "глава", "посла": "посол",
    "премьера": "премьер", "директора": "директор", "палаты": "палата", "ассоциации": "ассоциация", "союза": "союз",
    "банка": "банк", "экспертов": "эксперты", "аналитиков": "аналитики", "министерства": "министерство",
    "министерству": "министерство", "кабинету": "кабинет", "комитету": "комитет", "агентству": "агентство", "совету": "совет",
    "правительству": "правительство", "правительства": "правительство", "перевозчиков": "перевозчики", "минтрансу": "минтранс",
    "властям": "власти", "комитета": "комитет", "агентства": "агентство", "источника": "источник", "источников": "источники",
    "стороне": "сторона", "делегации": "делегация", "группе": "группа", "группы": "группа", "банку": "банк",
    "союзу": "союз", "фонду": "фонд", "центру": "центр", "секретариату": "секретариат", "управлению": "управление",
    "департаменту": "департамент", "посольству": "посольство", "ведомству": "ведомство", "концерну": "концерн",
    "министерстве": "министерство", "комитете": "комитет", "агентстве": "агентство", "палате": "палата",
    "ассоциаций": "ассоциации", "союзе": "союз", "банке": "банк", "посольстве": "посольство", "ведомстве": "ведомство",
    "правительстве": "правительство", "совете": "совет", "департаменте": "департамент", "управлении": "управление",
    "компании": "компания", "службе": "служба", "пресс-службе": "пресс-служба", "администрации": "администрация",
    "таможне": "таможня", "фонде": "фонд", "организации": "организация", "комиссии": "комиссия", "мэрии": "мэрия",
    "минтрансе": "минтранс", "минфине": "минфин", "минторге": "минторг", "центре": "центр", "штабе": "штаб",
    "погранслужбы": "погранслужба", "погранслужбе": "погранслужба", "службы": "служба", "пресс-службы": "пресс-служба",
    "водителей": "водители", "грузоперевозчиков": "грузоперевозчики", "пограничников": "пограничники", "таможенников": "таможенники", "торговцев": "торговцы", "чиновника": "чиновник", "минфину": "минфин",
}  # fmt: skip
"""First words of speakers who stand in another case behind "по словам" or before an order."""


_SHORT_BODY = re.compile(r"(?:Гос|Мин|Рос|Каз|Уз|Нац)[а-яё]{3,}[ау]")
"""A body's short name in the genitive or dative: "по данным Госкомстата"."""


def nominative(words: str) -> str:
    """Return a speaker's words with the first in the nominative, where it is known.

    Examples
    --------
    >>> nominative("министра транспорта Узбекистана"), nominative("Министерству финансов")
    ('министр транспорта Узбекистана', 'Министерство финансов')
    """
    first, _, rest = words.partition(" ")
    second = rest.split(" ")[0].lower()
    if second in _NOMINATIVE or _SHORT_BODY.fullmatch(rest.split(" ")[0]):
        for ends, end in (("ого", "ый"), ("ому", "ый"), ("ой", "ая"), ("ей", "ая"), ("ом", "ый")):
            if first.endswith(ends):
                stem = first[: -len(ends)]
                soft = end == "ый" and stem.endswith(("к", "г", "х"))
                return f"{stem}{'ий' if soft else end} {nominative(rest)}"
    known = _NOMINATIVE.get(first.lower(), first)
    if first.lower() not in _NOMINATIVE and _SHORT_BODY.fullmatch(first):
        known = first[:-1]
    if first[:1].isupper():
        known = known[:1].upper() + known[1:]
    return f"{known} {rest}".strip()


def is_place_form(word: str) -> bool:
    """Whether a word is a form of a country's name, which no person has."""
    return bool(re.match(
        r"(?:Пакистан|Афганистан|Узбекистан|Казахстан|Туркменистан|Туркмени|Кыргызстан|"
        r"Киргизи|Таджикистан|Иран|"
        r"Кита|Росси|Инди|МИД|ООН|МВД|Пешавар)\w{0,2}$|"
        r"Мин(?:транс|фин|эк|торг|юст|строй|сельхоз|энерго|обр|здрав|оборон|инвест|пром|цифр|культ|спорт|труд)\w*$",
        word,
    ))  # fmt: skip


def is_business(words: str) -> bool:
    """Whether the words before a name are those of somebody in a firm."""
    return bool(
        re.search(r"(?<!\w)(?:АО|ООО|ПАО|ТОО|ЗАО|ИП|компани\w+|холдинг\w*)(?!\w)", words)
        and _OF_A_COMPANY.search(words)
    )


def speaker_kind(words: str) -> str:
    """Return the kind of a speaker that is no person, blank where the words do not tell."""
    return next((kind for pattern, kind in KIND_WORDS if pattern.search(words)), "")


def forms(name: str) -> Iterator[str]:
    """Return a Russian name in all its cases; the last word alone changes.

    Examples
    --------
    >>> sorted(forms("Герат"))
    ['Герат', 'Герата', 'Герате', 'Гератом', 'Герату']
    """
    head, last = name[:-1], name[-1:].lower()
    yield name
    if not re.fullmatch(r"[А-Яа-яЁё .–’'-]+", name):
        return
    ends: tuple[str, ...] = ()
    if name.endswith("ия"):
        ends = ("и", "ю", "ей")
    elif last == "а":
        ends = ("ы", "и", "е", "у", "ой")
    elif last == "я":
        ends = ("и", "е", "ю", "ей")
    elif last in "йь":
        ends = ("я", "ю", "ем", "е", "и")
    elif last in "бвгджзклмнпрстфхцчшщ":
        head, ends = name, ("а", "у", "ом", "е")
    for end in ends:
        yield head + end


ADJECTIVE_ENDS = ("ий", "ая", "ое", "ие", "ого", "ой", "ому", "им", "ом", "ую", "их", "ими")


def adjective_forms(stems: Iterable[str]) -> Iterator[str]:
    """Return the adjectives with these stems in all their forms, with a capital and without."""
    for stem in stems:
        for end in ADJECTIVE_ENDS:
            yield stem.capitalize() + end
            yield stem + end


Around = tuple[str, str, str, int | None]


def around(before: str, after: str) -> Around | None:  # noqa: PLR0911
    """Return who is named before a quotation, or behind it; None if nobody is.

    The last member is where behind the quotation the rest of the sentence begins.
    """
    head = before[-200:].strip(" —–-")
    if head:
        hits = [hit for hit in CUE.finditer(head) if is_subject(head[: hit.start()])]
        if hits:
            return subject(head[: hits[0].start()]), hits[0][0], cue_act(hits[0]), None
        by = BY_WORDS.match(head + ", ")
        if by:
            return bare_who(by["who"]), "по словам", "", None
        if before.rstrip().endswith(":"):
            return subject(head.rstrip(":")), ":", "", None
    tail = after.lstrip('»”"“ ,')
    told = re.match(
        rf"^[—–-]?\s*(?P<cue>{CUE.pattern})\s*(?P<who>[^,.]{{0,90}})", tail, re.IGNORECASE
    )
    if told:
        hit = CUE.match(told["cue"])
        return (
            bare_who(told["who"]),
            told["cue"],
            (cue_act(hit) if hit else ""),
            None,
        )
    signed = _SIGNED.match(tail.strip())
    if signed:
        return bare_who(signed["who"]), "", "", None
    for hit in CUE.finditer(tail):
        if hit.start() > 0 and is_subject(tail[: hit.start()]):
            return subject(tail[: hit.start()]), hit[0], cue_act(hit), None
    return None
