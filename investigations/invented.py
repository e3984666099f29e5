"""The invented tips and stories of the demonstration. No person, place or case in them is real."""

from __future__ import annotations

from dataclasses import dataclass

from investigations.actions.rescues import FoundPerson
from investigations.names import Names


@dataclass(frozen=True)
class Told:
    """One tip: how many days ago, how, where, and in whose words."""

    days: int
    channel: str
    province: str
    urgency: str
    words: str
    people: int | None = None
    child: bool | None = None
    landmark: str = ""
    caller: str = ""
    phone: str = ""
    safe: str = ""
    grade: str = ""


@dataclass(frozen=True)
class Story:
    """A tip that became an investigation: the legal test, the suspects, whom a rescue reached, how far it came."""

    told: Told
    form: str
    acts: tuple[str, ...]
    means: tuple[str, ...]
    aims: tuple[str, ...]
    occurred: str
    account: str
    suspects: tuple[tuple[str, Names], ...]
    is_child: bool = False
    found: tuple[FoundPerson, ...] = ()
    arrested: bool = False
    referred: bool = False


STORIES = (
    Story(
        Told(1010, "partner", "08", "no", "Families at the kiln were paid an advance and may not leave until it is "
             "worked off. The manager keeps their papers.", 11, True, "River road, past the second bridge",
             "Sok Chanthy", "012 000 341", "After seven in the evening", "B2"),
        "ForcedLabour", ("recruitment", "transportation", "harbouring"), ("deception", "vulnerability"), ("labour",),
        "2023-11~", "Eleven people, three of them children, moved from two provinces with a cash advance.",
        (("RecruiterOrIntermediary", Names("កែវ", "សំណាង", "Keo", "Samnang")),
         ("Exploiter", Names("ឡុង", "ផល្លា", "Long", "Phalla"))),
        found=(
            FoundPerson(Names("ជា", "ស្រីលក្ខណ៍", "Chea", "Sreyleak"), "female", "25-34", ("khm",),
                        "A carer for two children"),
            FoundPerson(Names("ជា", "ពិសិដ្ឋ", "Chea", "Piseth"), "male", "0-11", ("khm",), "School, and his mother near"),
            FoundPerson(Names("ឈឹម", "សុវណ្ណ", "Chhim", "Sovann"), "male", "35-49", ("khm",), "A doctor for his back"),
        ), arrested=True, referred=True),
    Story(
        Told(640, "hotline", "12", "now", "A girl of sixteen is kept in a room above the karaoke bar. She asked a "
             "customer to call.", 2, True, "Near the old market", "", "", "", "C2"),
        "SexualExploitation", ("harbouring", "receipt"), (), ("sexual",), "2025-02",
        "She was told that she owes for clothes and lodging. She is not free to go out.",
        (("ControlledIndividual", Names("ហេង", "វុទ្ធី", "Heng", "Vuthy", "Bong Thy")),), is_child=True,
        arrested=True, referred=True),
    Story(
        Told(58, "message", "18", "now", "My brother answered an advertisement for typing work. Now he may not leave "
             "the building and they take his phone at night.", 20, False, "Tall building behind a wall, by the sea",
             "Mao Ratana", "016 000 872", "Messages only, never calls", "B3"),
        "ForcedCriminality", ("recruitment", "transportation", "harbouring"), ("fraud", "coercion"),
        ("labour", "other"),
        "2026-03~", "Twenty or so persons of three countries work at screens in shifts of fourteen hours.",
        (("RecruiterOrIntermediary", Names("", "", "Wang", "Lei")), ("Exploiter", Names("", "", "", "", "Boss Chen"))),
        found=(
            FoundPerson(Names("ម៉ៅ", "រតនៈ", "Mao", "Rattanak"), "male", "25-34", ("khm",), "To call his sister"),
            FoundPerson(Names("សុខ", "ស្រីនាង", "Sok", "Sreyneang"), "female", "18-24", ("khm",), "A doctor, today"),
            FoundPerson(Names("ទេព", "បូរ៉ា", "Tep", "Bora"), "male", "15-17", ("khm",), "A carer; he is seventeen"),
            FoundPerson(Names("", "", "Nguyen", "Thi Hoa"), "female", "18-24", ("vie", "khm"), "An interpreter"),
            FoundPerson(Names("", "", "Nguyen", "Van Minh"), "male", "35-49", ("vie",), "An interpreter, and rest"),
        )),
    Story(
        Told(74, "police", "02", "no", "Three girls of one village were promised work in a shop across the border.", 3,
             True, "Village school, ask for the teacher", "Prum Sophal", "092 000 115", "In the lunch break", "B2"),
        "ForcedMarriage", ("recruitment", "transportation"), (), ("servitude",), "2026-08",
        "Two were stopped at the border and are home. The third left with a woman whom nobody knows.",
        (("BrokerTravelAgent", Names("ស៊ុន", "ចាន់ថា", "Sun", "Chantha")),), is_child=True),
    Story(
        Told(23, "walk_in", "09", "unknown", "On the boat they work day and night; one man was left on an island when "
             "he was ill.", 9, False, "The third pier", "Ly Bunthoeun", "", "At the pagoda, on Sundays", "A2"),
        "ForcedLabour", ("recruitment", "transfer"), ("deception", "force"), ("labour", "slavery"), "2026-10",
        "Nine men on one boat; wages are held back, papers lie with the owner.",
        (("Exploiter", Names("", "", "", "", "Captain of the blue boat")),)),
)
TIPS = (
    Told(1, "hotline", "12", "now", "The new neighbour never lets the girl out. She washes dishes until midnight and "
         "does not go to school.", 1, True, "Behind the ice factory", "Nov Sokha", "011 000 408", "Mornings"),
    Told(2, "message", "17", "unknown", "They look for waitresses in the hotel, but the girls sleep four to a locked "
         "room.", 4, None, "", "", "", ""),
    Told(5, "partner", "21", "no", "A man offers parents work for their children at a factory far away.", None, True,
         "Commune office", "Ros Dany", "010 000 733", "Any time", "C3"),
)
NOT_FOLLOWED = Told(402, "other", "20", "no", "The owner of the restaurant is a bad man.", None, None, grade="E5")
PLAN = ("Police enter first and alone. Two social workers wait at the clinic with a car for children. Nobody is "
        "questioned; food, rest and a doctor come first. If the word is given, everyone withdraws.")
