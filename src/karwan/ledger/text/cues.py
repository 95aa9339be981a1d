"""Words that say somebody said something, and what a statement may do by being said.

The lists are closed and short enough to read. They suggest; a person decides.
"""

from __future__ import annotations

import re

from karwan.ledger.words import SpeakerKind, SpeechAct

SPEECH_ACTS = tuple(word.value for word in SpeechAct)
SPEAKER_KINDS = tuple(word.value for word in SpeakerKind)

_ACTS_OF_CUES = {
    "": "said says say told tells stated states noted notes note added adds observed remarked "
        "explained recalled highlighted highlights highlight underscored underscores underscore "
        "underlined emphasized emphasizes emphasised emphasises emphasize stressed stresses stress "
        "reiterated reiterates reaffirmed reaffirms affirmed acknowledged acknowledges conceded "
        "clarified clarifies asserted asserts admits admitted explains recalls concedes replies briefed "
        "commented remarks observes continues_that continued_that laments lamented conclude concludes concluded declared "
        "announced announces confirmed maintained maintains insisted insists expressed reported "
        "reports tweeted tweets posted reflected estimated estimates wrote "
        "writes called informed_that informs_that informed contended suggested indicated revealed replied responded voiced "
        "report_that pointed_out point_out points_out according_to",
    "fact": "takes_note_of took_note_of take_note_of",
    "assessment": "expressed_concern expresses_concern voiced_concern expressed_alarm expressed_regret "
                  "welcomed welcomes welcome_the praised praises hailed hails commended commends lauded lauds appreciated "
                  "expressed_hope expressed_satisfaction expressed_confidence expressed_doubt "
                  "expressed_doubts noted_with_concern feared fears doubted expect expects expected predict "
                  "argued argues argue believe believes believed assesses_that assess_that assessed_that "
                  "considers_that consider_that attribute attributes attributed drew_attention_to predicted predicts forecasts",
    "allegation": "accused accuses accuse alleged alleges allege blamed blames criticized "
                  "criticised criticizes criticises condemned complained complains blame_each",
    "assurance": "assured assures assure guaranteed guarantees claim claims claimed "
                 "expressed_readiness expressed_willingness offered gave_assurances_that gives_assurances_that "
                 "gave_an_assurance_that gave_assurance_that gave_guarantees_that",
    "commitment": "pledged pledges pledge vowed vows promised promises committed undertook agreed_to agreed_that "
                  "resolved_to",
    "denial": "disputes_the disputes_these disputes_those disputes_that disputed_the disputed_these "
              "disputed_that denied denies deny rejected rejects reject dismissed dismisses refuted refutes",
    "instruction": "instructed instructs ordered orders directed directs tasked",
    "request": "urged urges urge called_on calls_on call_on called_upon calls_upon call_upon called_for asked asks demanded "
               "demands appealed requested requests recommended recommends proposed "
               "proposes invited advised advises",
    "warning": "warned warns warn cautioned cautions caution threatened threatens",
}  # fmt: skip
CUE_ACTS = {
    cue.replace("_", " "): act for act, cues in _ACTS_OF_CUES.items() for cue in cues.split()
}
CUE = re.compile(
    r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, CUE_ACTS), key=lambda c: (-len(c), c)))
    + r"|(?<=[a-hj-rtv-z]s\s)report(?=\s+(?!on\b|of\b|by\b|from\b|to\b|in\b|for\b|is\b|was\b))"
    r")(?![\w-])", re.IGNORECASE,
)  # fmt: skip
PASSIVE = re.compile(
    r"(?<!\w)(?:was|were|is|are|am|been|be)\s+(?:\w+ly\s+|also\s+|further\s+)?(?:quoted\s+as\s+saying|said|told|"
    r"(?:(?<!are\s)(?<!is\s)(?<!am\s)(?:informed|briefed|apprised|assured|notified)(?=\s+that))|"
    r"reported|alleged|accused|claimed|believed|estimated)(?!\w)", re.IGNORECASE,
)  # fmt: skip

UNNAMED = re.compile(
    r"(?<!\w)(?:analysts?|observers?|experts?|economists?|commentators?|critics|diplomats?|"
    r"residents|"
    r"watchers)(?!\w)", re.IGNORECASE,
)  # fmt: skip
UNNAMED_OFFICIAL = re.compile(
    r"(?<!\w)(?:officials?|sources?|authorities|spokes(?:man|woman|person|people))(?!\w)",
    re.IGNORECASE,
)
JOINT = re.compile(
    r"(?<!\w)(?:communiqu[e\u00e9]s?|declaration|statement|memorandum)(?!\w)", re.IGNORECASE
)
PLURAL = re.compile(
    r"^(?:they|them|both|both\s+(?:\w+\s+)?(?:leaders|sides|countries|presidents|ministers)|the\s+"
    r"(?:two\s+)?(?:leaders|sides|presidents|countries|governments|ministers))$", re.IGNORECASE,
)  # fmt: skip
SINGULAR = re.compile(
    r"^(?:he|she|it|him|her|the\s+(?:president|prime\s+minister|minister|ambassador|envoy|PM|premier|"
    r"head\s+of\s+(?:state|government)|chief\s+minister|governor|chairman|chairwoman|director|secretary|"
    r"commissioner|spokes(?:man|woman|person)|official|ministry|economist|lender|expert|analyst|trader|lawmaker|"
    r"diplomat|senator|envoy|mayor|minister's\s+office))$", re.IGNORECASE,
)  # fmt: skip
DE_FACTO = re.compile(
    r"(?<!\w)(?:IEA(?=\s+(?:representative|delegation|side|official|spokes|minist))|Taliban|de facto authorit\w+|Islamic Emirate)(?:\s+administration)?(?!\w)"
)
UN_BODY = re.compile(
    r"(?<!\w)(?:United Nations|UN|U\.N\.|UNAMA|OCHA|UNHCR|UNICEF|WFP|World Food Programme|IOM|"
    r"Security Council|Secretary-General|SRSG|Monitoring Team)(?!\w)"
)
TRADE_BODY = re.compile(
    r"(?<!\w)(?:chambers?|associations?|unions?|federation|traders|truckers|shippers|carriers|"
    r"forwarders|hauliers|drivers|exporters|importers|merchants)(?!\w)", re.IGNORECASE,
)  # fmt: skip
LENDER = re.compile(
    r"(?<!\w)(?:World Bank|ADB|AIIB|EBRD|EDB|IsDB|IMF|Monetary Fund|(?:Development|Investment|"
    r"Eurasian|Islamic|Infrastructure)\s+(?:Investment\s+)?Bank|lenders?|Bank)(?!\w)"
)
INTERNATIONAL = re.compile(
    r"(?<!\w)(?:SCO|ECO|CAREC|IRU|OSCE|OIC|EU|European Union|Red Cross|ICRC|Red Crescent|"
    r"Organi[sz]ation of|Cooperation Organi[sz]ation)(?!\w)"
)
COMPANY = re.compile(
    r"(?<!\w)(?:Railways?|Temir Zholy|Temir Yollari|Corporation|Company|Airlines?|KTZ|NLC)(?!\w)"
)
PUBLIC_BODY = re.compile(
    r"(?<!\w)(?:ministry|ministries|government|customs|authority|foreign\s+office|"
    r"state\s+department|"
    r"commission|committee|council|agency|board|cabinet|parliament|delegation|side|embassy|premier|"
    r"police|army|border\s+force)(?!\w)", re.IGNORECASE,
)  # fmt: skip
FIRST_PERSON = re.compile(r"(?<!\w)(?:I|[Ww]e|[Oo]ur|[Mm]y|us)(?!\w)(?!\.)")
BARE_ORG = re.compile(
    r"^the\s+(?:chamber|association|union|bank|ministry|council|committee|agency|group|"
    r"company|board|"
    r"federation|fund|department|authority|commission|office|team)$", re.IGNORECASE,
)  # fmt: skip
"""A body without its name: the one that issues the text, or the last that was named."""
TITLE = (
    r"(?:President|Prime\s+Minister|Foreign\s+Minister|Deputy\s+(?:Prime\s+)?Minister|Minister|"
    r"Ambassador|Envoy|Spokes(?:man|woman|person)|General|Governor|Secretary|Commissioner|Chief|"
    r"Chairman|Chairwoman|Chair|Director|Premier|[Ss]pokes(?:man|woman|person)|[Cc]hairman|"
    r"[Cc]hairwoman|"
    r"[Ll]awmaker|[Ss]enator|[Hh]ead|[Pp]resident|[Mm]inister|[Gg]overnor|[Aa]mbassador|"
    r"[Ee]nvoy|[Cc]hief|"
    r"[Dd]irector|[Ss]ecretary|Mr\.?|Ms\.?|Mrs\.?|Dr\.?)"
)
_NAME = (
    r"(?:[A-Z]\.\s+){0,3}[^\W\d_a-z][\w'\u2019-]+(?:\s+(?:al-|bin\s+|"
    r"ul-)?[^\W\d_a-z][\w'\u2019-]+){0,3}"
)
PERSON = re.compile(rf"(?:(?:[A-Z]\w+\s+)?(?:{TITLE}\s+)+)({_NAME})")
GOVERNMENT_TITLE = re.compile(
    r"(?<!\w)(?:President|Prime\s+Minister|Minister|Ambassador|Envoy|Secretary|Governor|"
    r"Spokes\w+|General)(?!\w)"
)
CLAIM_NOUN = re.compile(
    r"(?<!\w)(?P<who>[A-Z][\w'\u2019-]{0,40}(?:\s+[A-Z][\w'\u2019-]{0,40}){0,3})(?:[\u2019']s)?\s+(?:\w+ed\s+)?"
    r"(?P<noun>claims?|assurances?|denials?|promises?|pledges?)\s+(?P<link>of|that|to)\s+"
)
NOUN_ACTS = {"claim": "assurance", "assurance": "assurance", "denial": "denial",
             "promise": "commitment", "pledge": "commitment"}  # fmt: skip
