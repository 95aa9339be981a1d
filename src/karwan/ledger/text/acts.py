"""What a statement may do by being said: closed lists of words, English and Russian.

An assessment is a judgement or a forecast and never what is left over: where nothing suggests an
act, what is told is told as a fact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


def _any(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


_SUM = (
    r"(?:[$\u20ac]\s?\d|\d[\d., ]*\s*(?:%|per\s*cent|percent|million|billion|m\b|bn\b|"
    r"tons?|tonnes|teu))"
)
_SUM_RU = (
    r"(?:[$\u20ac]\s?\d|\d[\d., ]*\s*(?:%|процент|млн|млрд|тыс|миллион|миллиард|тысяч|тонн|долл))"
)
_GROWTH = (
    r"grow|rise|fall|drop|recover|continue|change|become|make|worsen|improve|benefit|suffer|"
    r"los[et]|"
    r"run\s+out|stop\b|be\s+(?:a|an|the|more|less|very|felt|hard)\b|bring|mean|lead|affect|hurt|ruin|"
    r"double|halve|exceed|last|remain\s+(?:low|high|weak|a)"
)
_GROWTH_RU = (
    r"вырас|возраст|упад|сниз[ия]тся|изменит|стан[еу]т|продолжит|улучш|ухудш|окуп|понес|потеря|"
    r"удвоится|восстанов|приведёт|приведет|затрон|достигн"
)

TARGET = _any(
    rf"\b(?:to|will|would|shall|must)\s+(?:\w+\s+){{0,2}}(?:increase|raise|boost|double|"
    rf"triple|reach|expand|"
    rf"bring|lift|carry|grow|hit)\b.*{_SUM}|\b(?:set|our|the|a)\s+(?:\w+\s+)?(?:target|goal|aim)\b|"
    rf"\b(?:target|goal|aim)\s+(?:is|of|was)\b|\b(?:target|goal)s?:\s|\bintention\s+to\s+(?:increase|raise)|"
    rf"\bboost\s+trade\s+to\b|"
    rf"\b(?:by|before|until)\s+(?:the\s+end\s+of\s+)?(?:20\d\d)\b[^.;]*\b(?:want|aim|hope)s?\b[^.;]*(?:\d|\bmillion|\bbillion|\bthousand)|"
    rf"\b(?:want|aim|hope)s?\b[^.;]*\d[^.;]*\b(?:by|before)\s+(?:the\s+end\s+of\s+)?20\d\d\b|"
    rf"\bк\s+(?:концу\s+)?20\d\d\s+год[уа]\b[^.;]*\b(?:хотим|хочет|хотят|намерен\w*|рассчитыва\w+|выйти|довести|достичь)\b|"
    rf"\b(?:довести|нарастить|увеличить|сократить)\b[^.;]*\bк\s+(?:концу\s+)?20\d\d\b|"
    rf"\b(?:цель|задач[аеу]|целевой|планк[ау])\b|\b(?:увеличить|довести|нарастить|повысить|"
    rf"удвоить)\b"
    rf".*{_SUM_RU}"
)
DENIAL = _any(
    r"\b(?:denie[sd]|deny|reject(?:s|ed)?|refut\w+|dismiss(?:es|ed)?|baseless|unfounded|groundless|"
    r"no\s+truth\s+(?:in|to)|untrue|(?:not|never)\s+true|(?:an?|pure)\s+(?:invention|fabrication|lie|fiction|myth)|"
    r"(?:is|are|was|were)\s+false|nothing\s+to\s+do\s+with|(?:has|have)\s+(?:not|never)\s+been\s+(?:cancelled|canceled|"
    r"suspended|halted|stopped|closed|shelved|abandoned|banned|refused|blocked))\b|"
    r"\b(?:неправд\w*|ложь|вымысел|выдумк\w+|не\s+име\w+\s+(?:никакого\s+)?отношени\w+|никаких\s+[^.;]{3,60}\s+не\s+"
    r"(?:признаём|признаем|было|ведётся|ведется|имеем)|никто\s+не\s+вед[её]т|это\s+не\s+так|не\s+планирует(?:ся|ся)?)\b|"
    r"\b(?:опроверг|отверг|отрица|безосноват|беспочвен|голословн|не\s+соответству\w+\s+действительн)\w*"
)
REQUEST = _any(
    r"\b(?:we|i|it|and|must|also)\s+(?:also\s+|therefore\s+|again\s+)?(?:ask|call\s+(?:on|"
    r"upon|for)|demand|urge|"
    r"appeal|request|recommend|propose|invite)\b|\b(?:are|is)\s+(?:requested|asked|urged|invited|"
    r"advised)\s+to\b|\b(?:urges?|calls?\s+(?:on|upon|for)|demands?|asks?\s+(?:for|that)|requests?|"
    r"recommends?|appeals?|proposes?|asked\s+for|invites?)\b|\bplease\b|"
    r"\b(?:прошу|просим|просит|просят|призыва\w+|требуем|треб(?:ует|уют)(?=\s+(?:от|чтобы)\b)|рекоменду\w+|предлага\w+)\b"
)
INSTRUCTION = _any(
    r"\b(?:instruct(?:s|ed|ing)?|order(?:s|ed)\b(?!\s+(?:of|from))|direct(?:s|ed)\b|(?<!was )(?<!were )(?<!been )task(?:s|"
    r"ed)\b|must|"
    r"should|needs?\s+to|(?<!may )(?<!might )(?<!could )ha(?:ve|s)\s+to)\b|\b(?:поруча\w+|поручил\w*|приказ\w+|обязыва\w+|следует|"
    r"необходимо|должн\w+|надлежит)\b"
)
STRICT_INSTRUCTION = _any(
    r"\bi\s+(?:have\s+|hereby\s+)?(?:instruct|order|direct|task)\w*\b|\b(?:я\s+)?поруча\w+|"
    r"поручил\w*|приказ(?:ыва|ал)\w*"
)
ASSURANCE = _any(
    r"\b(?:(?<!written )(?<!security )(?<!credible )(?<!a )(?<!no )(?<!of )(?<!nsurance )(?<!bank )(?<!transit )"
    r"(?<!financial )guarantee[sd]?|assure[sd]?|reassure\w*|"
    r"(?:stands?|is|are|was|were|be)?\s*(?:ready|prepared|willing)\s+to|"
    r"ready\s+for|readiness|offers?\s+to|offered\s+to|not\s+(?:be\s+)?(?:allow|permit|used)|"
    r"never\s+(?:allow|be)|"
    r"will\s+not\s+be\s+(?:used|taxed|allowed|harmed))\b|"
    r"\b(?:гарантир|завери|заверя|готов[аоы]?\b|готовност|не\s+допуст|ни\s+за\s+что|обеспечим|"
    r"не\s+буд(?:ет|ут)\s+(?:использ|допущ|облага))\w*"
)
WARNING = _any(
    r"\b(?:risk(?:s|ing)?\s+\w+ing|at\s+risk|unless|otherwise|threat(?:s|ens?|ened|ening)?\b|"
    r"must\s+not|vulnerable|jeopardi\w*|only\s+succeed|depends?\s+(?:entirely\s+)?on|"
    r"remain\s+a\s+destabili|"
    r"provided\s+(?:that\s+)?\w+|warns?|warned|will\s+ruin|would\s+ruin)|"
    r"\b(?:will|would|shall)\b[^.;]*\bif\b[^.;]*\b(?:not|no)\b|"
    r"\bwithout\s+(?!unloading|charge)\w+.*\b(?:will|would|risks?|cannot)\b|\bif\b.*\b(?:will|"
    r"would|could)\b|\bor\s+else\b|"
    r"\b(?:предупред|предупрежд|предостер|угрож|угроз|под\s+угрозой|иначе)\w*|"
    r"\bесли\b.*\b(?:понес|будет|будут|останов|придётся|придется|потеря|закро|вырас)\w*|"
    r"\bбез\s.*\bне\s+(?:буд|станет|может|\w+(?:[еёи]т|[уюя]т)(?:ся)?\b)\w*"
)
ALLEGATION = _any(
    r"\b(?:fail(?:s|ed|ure|ures|ing)?|did\s+not\s+(?:give|provide|keep|honou?r|deliver|meet)|(?:has|have)\s+not\s+(?:abided|kept|honou?red|fulfilled|delivered)|"
    r"inability|unable\s+to\s+(?:prevent|control|stop|guarantee|protect|provide|curb|rein)|inaction|"
    r"mismanagement|harbou?r\w*|shelter(?:s|ing)\b|"
    r"attacks?\b(?!\s+stop)|terrorist\s+groups|obstruct\w*|hinder\w*|violat\w*|unchecked|"
    r"interfer\w*|accus\w+|"
    r"blam\w+|complain\w*|block(?:s|ing|ade)\b|smuggl\w*|unfair\w*|illegal\w*)|"
    r"\b(?:обвин|наруш|укрыва|вин[иу]т|незакон|блокиру|препятств|жалу|пожалова)\w*"
)
COMMITMENT = _any(
    r"\b(?:pledge[sd]?|vow(?:s|ed)?|promise[sd]?|commit(?:s|ted)?\s+(?:itself\s+)?to|"
    r"undert(?:ake|akes|ook)\b|agreed?\s+(?:to|on|that)|"
    r"it\s+was\s+(?:agreed|decided)|decided\s+to|intends?\s+to|intention\s+to|resolve\s+to|"
    r"commitment\s+to|plans?\s+to|"
    r"we\s+shall|shall\b|to\s+(?:build|open|double|supply|reopen|sign|launch|start|buy|fund|"
    r"cut|waive)\b)|"
    r"\b(?:обяз(?:ал|уе|уют|уем)|обеща|пообеща|договорил|условил|согласил|решил[аио]?\b|намер|"
    r"планиру|берём\s+на\s+себя)\w*"
)
FUTURE = _any(
    r"\b(?:will|shall|would|'ll|is\s+to|are\s+to|were\s+planned|are\s+planned|going\s+to)\b|"
    r"\b(?:будет|будут|будем|начн[её]тся|завершит|откро(?:ет|ют|ем)|постро(?:ит|ят|им)|закро(?:ет|ют|ем)|пропуст(?:ит|ят|им)|"
    r"выдел(?:ит|ят|им)|снизит|снизят|поставит|закончим|"
    r"запуст(?:ит|ят|им)|отремонтиру(?:ет|ют|ем)|выполним|предостав(?:ит|ят|им)|останутся|останется|увеличим|сократим)\w*"
)
FORECAST = _any(
    rf"\b(?:will|would|shall|could|may|might|can)\s+(?:not\s+|also\s+|soon\s+|only\s+|"
    rf"then\s+)?(?:{_GROWTH})|"
    rf"\b(?:likely|unlikely|probabl[ey]|expected\s+to|expects?\b|forecast|projected|"
    rf"set\s+to\s+(?:run|rise|fall)|to\s+run\s+out)\b|"
    rf"\b(?:{_GROWTH_RU})\w*|\b(?:вряд\s+ли|вероятн|прогноз|ожида)\w*"
)
BENEFIT = _any(
    r"\b(?:projects?|corridors?|railways?|lines?|links?|agreements?|routes?|roads?|highways?|ports?|terminals?|"
    r"pipelines?|stations?|crossings?|deals?|systems?|zones?|hubs?|bridges?|tunnels?|it|this|that|these|which|they|visit|"
    r"cooperation|partnership|connectivity|move|step|plan|initiative|opening|completion|[A-Z]{3,})\s+(?:[\w-]+\s+){0,4}?"
    r"(?:will|would|can|could)\s+(?:\w+ly\s+|also\s+|further\s+)?(?:connect|link|help|boost|facilitate|enable|"
    r"strengthen|promote|enhance|contribute|create|serve|play|churn|turn|transform|provide|give|allow|ease|shorten|cut|"
    r"reduce|save|attract|generate|deepen|spur|unlock|pave|support|ensure|offer|open\s+(?:up\s+)?(?:new|direct|the\s+way))\b|"
    r"\b(?:позволит|позволят|соединит|свяжет|поможет|будет\s+способствовать|послужит|придаст|превратит\w*|даст\s+возможность|"
    r"создаст|укрепит|обеспечит\s+(?:выход|доступ|прямой|рост))\b"
)
"""What is foretold of a line or an agreement: a judgement, and no promise."""
JUDGEMENT = _any(
    r"\b(?:needs?\b(?!\s+to)|important|importance|critical|vital|essential|central|key\s+to|crucial|necessary|"
    r"convinced|believes?|"
    r"think|thought|consider|opinion|concern(?:ed|s)?\b|alarm(?:ed|ing)?|worr\w+|fear(?:s|"
    r"ed)?|doubt\w*|regret\w*|"
    r"hopes?\b|hoped|confident|success\w*|promising|cheap(?:er|est)?|best|worst|better|worse|"
    r"good|bad|poor|lack\b|"
    r"no\s+other|hurts?|safe(?:ty)?\s+comes|positive|negative|welcome(?:s|d)?\s+(?:step|move)|"
    r"step\b|prerequisite|"
    r"condition\b|could|might|may\b|cannot|too\s+\w+|expects?|expected|estimate[sd]?|"
    r"suggests?|shows?|"
    r"belong\w*|part\s+of|harder|easier|crucially|benefit\w*|potential|suit(?:s|ed)|strategic|"
    r"intertwined|bound|"
    r"nobody|always|satisf\w+|raises?\s+questions|unverified|prevent(?:s|ed)?|limits?|"
    r"undermines?|prove[sn]?|proving|criticizes?|highlights?)\b|"
    r"\b(?:важн|уверен|убежд[её]н|считаю|считает|считают|полага|по\s+мнению|"
    r"по\s+нашей\s+оценке|обеспокоен|озабочен|тревог|"
    r"тревож|сожале|надеем|надею|риск|главн\w+\s+риск|перспектив|выгод|невозможн|трудно|лучш|"
    r"хуж|нехватк|рассчитыва|"
    r"рассчит|долж(?:но|ен|на)\s+быть|может|могут|сомнев|безопасность\s+прежде)\w*"
)
DONE = _any(
    r"\b(?:i|we)\s+(?:have\s+|had\s+)?(?:just\s+|already\s+|also\s+)?(?:signed|opened|visited|met|completed|built|moved|"
    r"carried|exported|imported|received|launched|finished|laid|delivered|inspected|counted|loaded|shipped|paid|lost)\b|"
    r"\b(?:мы|я)\s+(?:уже\s+)?(?:подписал|открыл|построил|перевез|завершил|запустил|получил|вв[её]л|поставил|пров[её]л|"
    r"доставил|отремонтировал)\w*"
)
"""What "I" and "we" say they did."""
NEED = re.compile(
    r"^\W*(?:on\s+|upon\s+)?(?:the\s+)?(?:\w+\s+)?(?:need|importance|necessity|significance|urgency|value|role)\s+(?:to|of|for)\b|"
    r"^\W*(?:на\s+|о\s+)?(?:\w+\s+)?(?:важност|необходимост|значимост|актуальност|значени|роль)\w*\s",
    re.IGNORECASE,
)
"""What somebody stresses: "the need to keep it open" is a judgement, and no order."""
UNDERWAY = _any(
    r"\b(?:efforts?|talks|works?|negotiations|consultations|repairs)\s+(?:are|is|were|was)\s+(?:still\s+)?(?:underway|under\s+way|"
    r"being\s+(?:made|held)|ongoing|continuing|going\s+on)\b|\bвед[уёе]тся\s+(?:работ|переговор|консультаци)|"
    r"\b(?:работ\w*|переговоры|консультации)\s+ведутся"
)
HOPE = _any(r"\b(?:i|we|he|she|they)\s+(?:also\s+)?hopes?\b|\b(?:надеем|надею)\w*")
DOUBT = _any(r"\braises?\s+(?:\w+\s+)?(?:questions|doubts)\b|\bdoubts?\b|\bсомне\w+")
EVENT = _any(
    r"\b(?:visit(?:ed)?|arrived|met|signed|inaugurated|held|opened|closed|remain(?:s|"
    r"ed)?\s+(?:\w+\s+)?closed|"
    r"reviewed|discussed|crossed|travelled|continue\s+to\s+report|\d+\s+(?:trucks|containers|"
    r"wagons))\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What of a speaker decides an act.

    Attributes
    ----------
    is_party
        Whether the speaker can deliver something: a state, a company, an association.
    is_own
        Whether the words are the text's own.
    first_person
        Whether the clause says "I" or "we".
    """

    is_party: bool
    is_own: bool
    first_person: bool


def act_of(words: str, named: str, voice: Voice) -> tuple[str, float]:
    """Return the speech act that words suggest, and how sure the rule is, 0-1.

    Parameters
    ----------
    named
        The act that the cue names, blank for "said" and the like.
    """
    if TARGET.search(words) and named not in ("denial", "allegation", "request", "instruction"):
        return "target", 0.8
    if named:
        return named, 0.9
    return _content(words, voice)


_OWN = (
    ("fact", EVENT, 0.75),
    ("warning", WARNING, 0.6),
    ("instruction", INSTRUCTION, 0.5),
    ("allegation", ALLEGATION, 0.5),
    ("assessment", JUDGEMENT, 0.6),
    ("assessment", FORECAST, 0.6),
)
"""Acts of a text's own words, the first that fits."""
_DIRECT = (
    ("instruction", STRICT_INSTRUCTION, 0.85),
    ("denial", DENIAL, 0.85),
    ("warning", WARNING, 0.7),
    ("request", REQUEST, 0.8),
    ("assurance", ASSURANCE, 0.75),
    ("fact", UNDERWAY, 0.7),
    ("assessment", HOPE, 0.75),
)
"""Acts that words do by themselves, whoever says them."""
_LATER = (
    ("assessment", DOUBT, 0.65),
    ("allegation", ALLEGATION, 0.6),
    ("instruction", INSTRUCTION, 0.6),
    ("assessment", JUDGEMENT, 0.65),
)
LEFT_OVER = ("fact", 0.65)


def _content(words: str, voice: Voice) -> tuple[str, float]:
    """Return what the words of a clause suggest where its cue says nothing of the act."""
    if voice.is_own:
        return _first(_OWN, words) or LEFT_OVER
    later = [rule for rule in _LATER if rule[1] is not ALLEGATION or not voice.first_person]
    done = (("fact", DONE, 0.7),) if voice.first_person else ()
    promised = (("commitment", COMMITMENT, 0.75),) if voice.is_party else ()
    ahead = ("commitment", 0.7) if voice.is_party else ("assessment", 0.6)
    foretold = () if voice.first_person else (("assessment", BENEFIT, 0.65),)
    forecast = (*foretold, ("assessment", FORECAST, 0.7), (ahead[0], FUTURE, ahead[1]))
    if NEED.match(words):
        return "assessment", 0.75
    return _first((*_DIRECT, *promised, *done, *forecast, *later), words) or LEFT_OVER


def _first(
    rules: Sequence[tuple[str, re.Pattern[str], float]], words: str
) -> tuple[str, float] | None:
    return next(((act, sure) for act, pattern, sure in rules if pattern.search(words)), None)
