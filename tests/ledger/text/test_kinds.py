"""Kinds of texts and of names on which the reader once failed, each in a few words of our own."""

from __future__ import annotations

import pytest

from karwan.ledger.text.reading import Proposal, Reading, read_text
from karwan.ledger.text.sentences import make_document
from karwan.ledger.text.speakers import NOT_RESOLVED, OUTLET
from tests.ledger.text.test_reading import gazetteer, read


def whole(text: str) -> Reading:
    """Return all that was read of a text."""
    return read_text(make_document("note", text), gazetteer())


def said(text: str) -> list[tuple[str, str]]:
    """Return speaker and kind of each proposal."""
    return [(one.speaker, one.speaker_kind) for one in read(text)]


NAMED = {
    "The United Nations said that the gate was shut on Monday.": ("The United Nations", "un_body"),
    "Human Rights Watch warned that drivers were held for weeks.": ("Human Rights Watch", ""),
    "Amnesty International said that drivers were held for weeks.": ("Amnesty International", ""),
    "Tehran, for its part, said that transit by rail had doubled.": ("Tehran", "government"),
    "Islamabad accused its neighbour of sheltering armed groups.": ("Islamabad", "government"),
    "Uzbekistan's transport minister, Olim Karimov, said that work would begin soon.": (
        "Karimov",
        "government",
    ),
    "A spokesman for the Taliban administration, Ahmad Zia, denied that anyone had fired.": (
        "Zia",
        "de_facto_authority",
    ),
    "Officials in the customs department said that scanners had been moved.": (
        "officials in the customs department",
        "official_unnamed",
    ),
    "A World Bank note published on Tuesday put the loss of exporters at $180m.": (
        "A World Bank note",
        "lender",
    ),
    "В Минтрансе считают, что объём перевозок удвоится.": ("Минтранс", "government"),
    "В МИД Пакистана опровергли сообщения о закрытии перехода.": ("МИД Пакистана", "government"),
    "Агентство Reuters со ссылкой на источник в таможне сообщило, что переход закрыт.": (
        "Агентство Reuters",
        "government",
    ),
    "Глава МИД Пакистана Имран Дар заявил, что Кабул располагает всеми данными.": (
        "Дар",
        "government",
    ),
    "Эксперты Азиатского банка развития оценивают стоимость дороги вдвое выше.": (
        "эксперты Азиатского банка развития",
        "unnamed_analysts",
    ),
}


@pytest.mark.parametrize("text", NAMED)
def test_a_body_is_named_in_full_and_a_person_by_the_last_name(text: str) -> None:
    assert said(text) == [NAMED[text]]


BACK = {
    "Minister Olim Karimov said that work begins in May. According to him, it costs.": "Karimov",
    "Министр Олим Каримов заявил, что работы начнутся. По его словам, цена выросла.": "Каримов",
    "Министр Олим Каримов заявил, что работы начнутся. По его мнению, груз будет.": "Каримов",
    "Sources in the customs said that staff had left. “Nobody is here to clear trucks,” one of "
    "them remarked.": "sources in the customs",
}


@pytest.mark.parametrize("text", BACK)
def test_a_pronoun_in_any_form_leads_back_to_who_was_named(text: str) -> None:
    assert [one.speaker for one in read(text)] == [BACK[text]] * 2


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Chamber director Olim Karimov said that trucks wait. The president ordered a review of "
         "the gate.", "The president"),
        ("President Olim Karimov said that trucks wait. Minister Rashid Noor said they move. "
         "The president ordered a review of the gate.", "Karimov"),
        ("Директор компании Олим Каримов считает, что груза нет. Президент поручил правительству "
         "представить план.", "Президент"),
    ],
)  # fmt: skip
def test_an_office_leads_back_to_its_holder_and_to_nobody_else(text: str, who: str) -> None:
    assert read(text)[-1].speaker == who


def test_a_quotation_over_two_sentences_stays_with_its_speaker() -> None:
    text = (
        "Движение отвергло обвинения, сообщил официальный представитель Забихулла Муджахид.\n\n"
        '"Обвинения голословны. Наша земля не будет использована против соседей", — приводит его '
        "слова телеканал."
    )
    found = read(text)
    assert [one.speaker for one in found] == ["Муджахид"] * 3
    assert [one.speech_act for one in found][1:] == ["denial", "assurance"]


def test_a_party_is_not_charged_with_what_others_report() -> None:
    text = (
        "The de facto authorities stated that no tax would be levied on relief; however, partners "
        "report repeated delays at checkpoints."
    )
    assert [one.speaker for one in read(text)] == ["Taliban", "partners"]


POINTS = """Joint communique of the third meeting on transit

1. The meeting was held in Termez on 4 May under the chair of Uzbekistan.

2. The Parties agreed to:
(a) finish the customs protocol by December;
(b) ask the bank to look at the study again.

3. The next meeting will be held in Kabul in spring.
"""


def test_the_number_of_a_point_is_in_no_name_and_its_list_ends_with_it() -> None:
    found = read(POINTS)
    assert [one.speaker for one in found] == [
        "joint statement",
        "The Parties",
        "The Parties",
        "joint statement",
    ]


ASKED = """IRU Office for Central Asia
Position paper: crossing the border, October 2026

Trucks wait 31 hours on average. Our members ask the governments to do the following:

* publish the hours of every gate by 1 January;
* accept electronic guarantees.

We have seen no progress at Islam Qala.
"""


def test_who_issues_a_paper_speaks_in_it_before_its_list_and_behind() -> None:
    found = read(ASKED)
    assert {one.speaker for one in found} == {"IRU Office for Central Asia"}
    assert [one.speech_act for one in found] == ["fact", "request", "request", "fact"]


def test_a_text_that_says_we_is_nobodys_news() -> None:
    text = (
        "The road is shut again.\n\nWe have waited for weeks. Our trucks stand at the gate. We ask "
        "the ministry to answer."
    )
    assert OUTLET not in {one.speaker for one in read(text)}


BRIEFING = """Transcript: weekly press briefing by the Spokesperson of the Ministry of Transport

The Spokesperson: Talks were held on 17 November.

Question: Has a date been fixed for Chaman? Kabul says it has arrested forty people.

The Spokesperson: No date has been fixed. We have not been given names.
"""
INTERVIEW = """Интервью с генеральным директором АО «Восток-Транс» Дмитрием Орловым

— Когда поедет первый поезд?

— Вагоны закуплены, договоры подписаны.

— Что скажете о тарифах?

— Тариф должен быть ниже морского.
"""


@pytest.mark.parametrize(
    ("text", "speaker", "questions"),
    [
        (BRIEFING, "Spokesperson of the Ministry of Transport", 1),
        (INTERVIEW, "Орлов", 2),
    ],
)
def test_who_asks_states_nothing_and_who_answers_is_named_in_the_title(
    text: str, speaker: str, questions: int
) -> None:
    reading = whole(text)
    assert {one.speaker for one in reading.proposals} == {speaker}
    assert reading.unread["a question"] == questions


def test_a_title_in_capitals_is_in_no_name() -> None:
    text = (
        "Situation report of OCHA\n\n"
        "LOGISTICS\nThe Logistics Cluster reports that rates rose by 18 per cent."
    )
    assert [one.speaker for one in read(text)] == ["The Logistics Cluster"]


def test_a_noun_before_to_charges_nobody() -> None:
    text = (
        "Decisions of the Coordination Council, 18 November 2026\n\n"
        "1. Pakistan Railways to nominate a focal point within ten days.\n"
        "2. Kazakhstan's proposal to finance the Herat section was welcomed.\n"
        "3. The Council takes note of the statement that guards would be posted.\n"
        "4. Next meeting: Termez, March 2027."
    )
    found = read(text)
    assert [one.speech_act for one in found] == ["instruction", "fact", "fact", "fact"]
    assert {one.speaker for one in found[1:]} == {"Coordination Council"}


def test_two_headlines_in_one_line_have_two_speakers() -> None:
    text = (
        "Chamber threatens strike as gate stays shut; ministry promises talks\n\n"
        "Trucks wait at the gate. Drivers are tired of it."
    )
    assert said(text)[:2] == [("Chamber", "trade_body"), ("ministry", "government")]


def test_a_place_with_a_colon_is_a_dateline_and_a_body_is_not() -> None:
    found: list[Proposal] = read("Gate shut\n\nPESHAWAR: Trucks wait at the gate for weeks now.")
    assert found[-1].speaker == OUTLET
    text = "Gate shut\n\nPESHAWAR: Trucks wait at the gate for weeks now."
    assert found[-1].span.of(text).startswith("Trucks")


@pytest.mark.parametrize("word", ["афганский", "пакистанские", "узбекистанского", "грузинская"])
def test_a_russian_adjective_leads_to_its_country(word: str) -> None:
    assert len(gazetteer().ids(f"{word} груз", "country")) == 1


PRESS = """Ministry Spokesperson Li Jian's Regular Press Conference on November 20, 2026

TOLOnews: Pakistan says the road cannot open. What is your position?

Li Jian: Trade helps all countries of the region.

AFP: Will engineers be sent?

Li Jian: There is nothing to add.
"""


def test_who_only_asks_under_a_name_states_nothing() -> None:
    reading = whole(PRESS)
    assert {one.speaker for one in reading.proposals} == {"Jian"}
    assert reading.unread["a question"] == 2


def test_what_stands_before_a_quotation_is_not_lost() -> None:
    text = (
        "Speaking at a forum, President Olim Karimov said the country would finish its section by "
        '2028, and called the route "a road of peace".'
    )
    assert [(one.speaker, one.cue) for one in read(text)] == [
        ("Karimov", "said"),
        ("Karimov", "called"),
    ]


LINES = {
    "Gulf states offer to help at the gate - officials": "officials",
    "No reopening before spring: Rashid Noor": "Noor",
    "PAJCCI puts losses at $45m a month": "PAJCCI",
    "TORKHAM CLOSURE: WHAT WE KNOW": OUTLET,
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_its_signers_and_a_matter_before_a_colon_is_nobody(line: str) -> None:
    text = f"- {line}\n- Trucks wait at the gate for weeks now.\n- Drivers went home in May."
    if line.isupper():
        text = f"{line}\n\nTrucks wait. Drivers went home."
    assert read(text)[0].speaker == LINES[line]


def test_the_line_below_a_title_names_who_says_i() -> None:
    text = (
        "Guarantees come first\nBy Aziza Rahimova\n\n"
        "I have insured cargo for years. That is not our way. Nobody asks about rails."
    )
    assert {one.speaker for one in read(text)} == {"Rahimova"}


def test_words_put_between_a_name_and_its_verb_are_in_no_name() -> None:
    text = "Азизи, в свою очередь, заверил, что охрана будет обеспечена."
    assert said(text) == [("Азизи", "")]


TOLD = {
    "Chairing a review meeting, Minister Olim Karimov said no delay would be tolerated.": (
        "Karimov",
        "no delay",
    ),
    "Minister Olim Karimov spoke. He was informed that half of the work had been completed.": (
        NOT_RESOLVED.name,
        "half of",
    ),
    "President Olim Karimov said it is shut. The head of state believes they will all move.": (
        "Karimov",
        "they will",
    ),
    "“The line will not carry half of that,” Stanislav Petrov of the institute forecasts.": (
        "Petrov",
        "The line",
    ),
    "“Cement plants run at half of what they can make”, explains Zia Sarhadi, a director.": (
        "Sarhadi",
        "Cement",
    ),
    "“Cement plants run at half of what they can make”, sighs Zia Sarhadi, a director.": (
        "Sarhadi",
        "Cement",
    ),
    "Haji Gul Murad has slept in his truck. “I have paid the guard. Who pays me?” he says.": (
        "Murad",
        "Who pays",
    ),
    "При этом, по данным Госкомстата, объём перевозок упал на треть.": ("Госкомстат", "объём"),
    "Trucks, according to the chamber of Jalalabad, have waited for six weeks now.": (
        "the chamber of Jalalabad",
        "Trucks",
    ),
}


@pytest.mark.parametrize("text", TOLD)
def test_the_words_go_to_who_says_them_and_to_nobody_who_is_told(text: str) -> None:
    last = read(text)[-1]
    assert (last.speaker, last.span.of(text)[: len(TOLD[text][1])]) == TOLD[text]


def test_a_noun_is_no_cue() -> None:
    text = (
        "Notice of the Directorate of Transit\n\n"
        "Insurance guarantees issued in May must be renewed. Member States in the region remain "
        "unconvinced. All carriers are informed that the gate moves."
    )
    assert {one.speaker for one in read(text)} == {"Directorate of Transit"}


def test_a_short_quotation_does_not_cut_what_was_promised() -> None:
    text = "Премьер-министр Шариф обещал открыть переход «в ближайшие недели»."
    (found,) = read(text)
    assert found.clause.of(text).startswith("открыть переход")


MINUTES = """Протокол заседания рабочей группы по развитию маршрута

г. Ашхабад, 6 октября 2026 г.

Слушали: Министра транспорта М. Калиакпарова.

Решили:
1. Министерству транспорта до 1 декабря 2026 года представить проект соглашения.
2. Афганской стороне ускорить передачу участков под станцию.
3. Принять к сведению информацию банка.
"""
MESSAGES = """KEY MESSAGES - CORRIDOR GROUP, 12 NOVEMBER

1. Security
1.1 The IEA representative assured participants that a unit would guard the corridor.
1.2 AIIB is ready to consider a loan.

2. Next steps
2.1 KTZ to share traffic forecasts by 30 November.
"""


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        (MINUTES, ["Министерство транспорта", "Афганская сторона", "рабочая группа"]),
        (MESSAGES, ["Taliban", "AIIB", "KTZ"]),
    ],
)
def test_a_point_is_of_the_body_that_it_names(text: str, speakers: list[str]) -> None:
    assert [one.speaker for one in read(text)] == speakers


RUNS = (
    "Ab ", "A, ", "AB ", "said ", "Minister Khan said, ", "— сказал, ", "Об этом в ", "сообщил в среду ", "Министру ",
    "Директор в ", "«", "«а ", "», ", "Abc’s ", "X, said Y ", "The demand was made by ", "In a post on X, ", "and Abc ",
    "в сообщении ", "— ", "Target: ", "Xa Ya Za, head of ", "describing ", "Иванов сказал ", "по словам ", "В ходе встречи ",
)  # fmt: skip
"""What new rules look for, again and again and without an end: no rule may try all ways to part it."""


@pytest.mark.parametrize(
    "text",
    [
        "A" * 100_000,
        "A: b? " * 500,
        *(f"Title here\n\n{run * (1900 // len(run))}." for run in RUNS),
    ],
)
def test_a_run_without_an_end_is_read_in_bounded_time(text: str) -> None:
    assert len(read(text)) <= len(text)


SPOKEN_BY_DASH = """Глава Минтранса объяснил задержку вагонов

Министр транспорта Нурлан Абаев объяснил причины задержки, передаёт корреспондент агентства.

— Мы пропускали двадцать поездов. Теперь мы пропускаем тридцать, — заявил министр на брифинге.
"""
PASSED_ON = """Переход Достук закрыт на ремонт

По итогам переговоров движение грузов возобновлено. Об этом в беседе с журналистами сообщил вице-премьер Ильяс Садыков.

Поставки цемента идут без задержек. Об этом сообщает ТАСС.
"""


def test_a_line_that_a_dash_opens_is_speech_of_who_stands_behind_it() -> None:
    found = read(SPOKEN_BY_DASH)
    assert {one.speaker for one in found[1:]} == {"Абаев"}
    assert [one.is_quoted for one in found[-2:]] == [True, True]


def test_who_said_this_gets_the_sentence_before() -> None:
    reading = whole(PASSED_ON)
    assert [(one.speaker, one.attribution_depth) for one in reading.proposals] == [
        (OUTLET, 0), ("Садыков", 1), (OUTLET, 0),
    ]  # fmt: skip
    assert reading.unread == {"says who said it": 2}
    text = "The gate must open at once. The demand was made by chamber president Adil Rahim here."
    assert [one.speaker for one in read(text)] == ["Rahim"]


BEHIND = {
    "Число фур снизилось до сорока, сообщил в среду журналистам начальник таможни Эрмек Осмонов.": "Осмонов",
    "Порт примет сто вагонов, сообщил журналистам посол Казахстана в Ташкенте Ерик Умбетов.": "Умбетов",
    "Найдено три варианта дороги, сообщает корреспондент издания со ссылкой на Минтранс.": "Минтранс",
    "Пути не дают выгоды, считает руководство «Узбекских железных дорог».": "«Узбекских железных дорог»",
    "Причины задержки объяснил министр транспорта Нурлан Абаев.": "Абаев",
    "«Газа хватит до самого марта» — Минэнерго Киргизии": "Минэнерго",
    "«Пункт пропуска работает без перебоев», — заявили в ведомстве Салеха.": "ведомство",
    "Очередь на переходе сократилась вдвое, утверждают таможенники.": "таможенники",
    "More than 400 wagons wait at the bridge, Haji Yunus Popal, head of the traders' chamber, told a reporter.": "Popal",
    "The closure has ruined the season, said Syed Jawad Kamal, Chairman of the Border Trade Council.": "Kamal",
    "The two lands have signed a pact, Foreign Minister Ishaq Darwish announced on Thursday during a visit.": "Darwish",
    "Justin Brown, head of the UN Office for the Coordination of Aid in the eastern lands, reported that "
    "only fifteen trucks had passed.": "Brown",
}  # fmt: skip


@pytest.mark.parametrize(("text", "speaker"), BEHIND.items())
def test_who_is_named_behind_the_words_said_them(text: str, speaker: str) -> None:
    (found,) = read(text)
    assert speaker in found.speaker


PERSON_SEEN = """The bridge reopens

In a post on X, Foreign Minister Ishaq Darwish congratulated the builders, describing the line as a “great milestone for the whole region.”

He said the line would connect the valley to the sea.

“The permits were signed last week,” Darwish added. Coordinator Zia ul Haq Sarwar said that the gate was shut. Zia called upon both governments to open it.
"""


def test_a_person_who_is_told_of_is_the_one_that_he_leads_back_to() -> None:
    told = [(one.speaker, one.speech_act) for one in read(PERSON_SEEN)]
    assert told[1:] == [
        ("Darwish", "assessment"), ("Darwish", "assessment"), ("Darwish", "fact"),
        ("Sarwar", "fact"), ("Sarwar", "request"),
    ]  # fmt: skip


ACTS = {
    "Minister Khan said that the corridor would connect the valley to the sea.": "assessment",
    "Minister Khan said that we will connect the valley to the sea.": "commitment",
    "Minister Khan stressed the need to keep the gate open at night.": "assessment",
    "Minister Khan said that this is a pure invention.": "denial",
    "Minister Khan said that the tender has not been cancelled.": "denial",
    "Minister Khan said that volumes may have to be reduced.": "assessment",
    "Minister Khan said that I was tasked with this effort in March.": "fact",
    "Minister Khan said that by 2030 we want three million containers a year.": "target",
    "Министр Абаев заявил, что новая линия позволит соединить долину с морем.": "assessment",
    "Министр Абаев подчеркнул необходимость открыть переход ночью.": "assessment",
    "Министр Абаев заявил, что мы не имеем отношения к этому спору.": "denial",
    "Министр Абаев указал, что отношения требуют новых форм и нового наполнения.": "fact",
    "Министр Абаев заявил, что к 2030 году мы хотим выйти на три миллиона тонн.": "target",
}  # fmt: skip


@pytest.mark.parametrize(("text", "act"), ACTS.items())
def test_an_act_follows_from_what_is_said_of_whom(text: str, act: str) -> None:
    (found,) = read(text)
    assert found.speech_act == act


CHARGED = """Decisions of the National Transit Council

1. NLC is directed to install two scales at the gate, and
(a) to report on queues each Monday;

2. The Ministry of Foreign Affairs will seek consent to a joint yard.

3. Target: average dwell time of under 24 hours by December 2027.
"""
CHARGED_RU = """Протокол заседания Комиссии по торговле

РЕШИЛИ:

1. Министерству транспорта (А. Гаипов):
1.1. отремонтировать мост до 15 апреля;

2. Поставлена цель перевозить не менее 20 млн тонн в год.

Контроль за исполнением возложить на Агентство по экспорту.
"""


def test_a_list_of_decisions_charges_who_is_named_in_it() -> None:
    told = [(one.speaker, one.speech_act) for one in read(CHARGED)]
    assert told[:3] == [
        ("NLC", "instruction"), ("NLC", "instruction"),
        ("The Ministry of Foreign Affairs", "instruction"),
    ]  # fmt: skip
    assert told[3][1] == "target"
    told = [(one.speaker, one.speech_act) for one in read(CHARGED_RU)]
    assert told[0] == ("Министерство транспорта", "instruction")
    assert told[1][1] == "target"
    assert told[2] == ("Агентство по экспорту", "instruction")


def test_a_quotation_holds_another_of_the_same_marks() -> None:
    text = "«Мы живём в «закрытой» стране, и это изменится скоро», — заявил президент Садыр Асанов."
    (found,) = read(text)
    assert (found.speaker, found.is_quoted) == ("Асанов", True)
    assert found.clause.of(text).endswith("скоро")


def test_what_two_lands_build_together_is_no_joint_statement() -> None:
    text = "Узбекистан и Казахстан совместно построят дорогу\n\nДорога пройдёт через пустыню."
    assert [one.speaker for one in read(text)] == [OUTLET, OUTLET]
    text = "India and Pakistan form a joint commission\n\nThe commission will meet in May."
    assert {one.speaker for one in read(text)} == {OUTLET}


OF_A_BODY = """Скопление машин на переходе

По информации Погранслужбы Кыргызстана, в очереди стоит сто автомашин.

“Грузы со скоропортящейся продукцией пересекают границу вне очереди”, – говорится в сообщении.

«Ограничений для перевозчиков при контроле нет», – добавили в ведомстве.

Как отмечают в ведомстве, в воскресенье пограничники пропустили двести фур.
"""
OF_A_CHAMBER = """Closure harms both lands: MoCT

Pakistani border officials, while confirming it, said that the trailers had been banned on Monday.

President of the Transport Association, Azim Shinwar, said that the closure would added to their miseries.

“The neighbours have not abided by their commitments,” commissioner at the gate Mohammad Siddiq tweeted.

The economist Olly Norman warned that prices rise. “The efforts are underway to reopen the gate,” the economist added.
"""


def test_a_body_is_known_again_by_its_paper_and_as_the_office() -> None:
    told = [(one.speaker, one.speech_act) for one in read(OF_A_BODY)[1:]]
    assert told == [("Погранслужба Кыргызстана", "fact")] * 4


def test_who_speaks_in_a_report_of_a_closure_is_told_apart() -> None:
    told = [one.speaker for one in read(OF_A_CHAMBER)]
    assert told == ["MoCT", "Pakistani border officials", "Shinwar", "Siddiq", "Norman", "Norman"]
    assert [one.speech_act for one in read(OF_A_CHAMBER)][-1] == "fact"
    text = "Minister Khan said that we hope that the neighbours will reconsider this issue."
    assert [one.speech_act for one in read(text)] == ["assessment"]
