"""What is typed on a journey: invented names, phones, addresses, each of which must stay sealed everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Said:
    """Every sensitive word of the five journeys."""

    what_was_said: str = "Behind the ninth kiln the doors are locked at night, says Quenthavy"
    landmark: str = "Phum Zarkevong, by the crooked water tower"
    caller_name: str = "Vexanaly Thorm"
    caller_phone: str = "097 731 4159"
    safe_contact: str = "Only through Yubeltha, 088 640 2718, after seven"
    reason: str = "Fits what Quixomara told us in March"
    suspect_family_km: str = "ឈ្មួញឃោរ"
    suspect_given_km: str = "វឌ្ឍឆៃយ៉ា"
    suspect_family: str = "Drombovann"
    suspect_given: str = "Xelikhan"
    suspect_called: str = "Uncle Zwibble"
    account: str = "Held with eleven others in the shed of Morvathida"
    place: str = "Compound 47, Wyrmsand Road"
    plan: str = "Police at the north gate with Captain Ghevorak, social workers at the school"
    rescued: tuple[tuple[str, str], ...] = field(default=(
        ("Threnoly", "Kwazima"), ("Threnoly", "Jubessa"), ("Vorlam", "Hyxanta"), ("Vorlam", "Cribella"),
        ("Oddavuth", "Plimsorn")))
    needs: str = "A doctor for the burn, asks for her sister Nyxaroth"
    witness: str = "Interpreter Fluvanna Beck"
    address: str = "House 88Z, Street Qarnavel, Sangkat Ivokhem"
    directions: str = "The blue gate behind pagoda Wat Erzulak"
    phone_there: str = "078 552 9063"
    why_moved: str = "Her cousin Glebora followed her to the market"
    note: str = "Counsel Haxwell Imbor wants the medical report"
    room_note: str = "Side door of room 6, ask for clerk Sovrannak"
    grounds: str = "The court believed Vorlam Hyxanta over Drombovann"

    def phones(self) -> list[str]:
        """The numbers as digits of their own, however they are written."""
        return ["0977314159", "977314159", "0886402718", "886402718", "0785529063", "785529063"]

    def canaries(self) -> list[str]:
        """Names, phones, addresses: each may appear nowhere outside the sealed values and the page that shows one."""
        rescued = [word for name in self.rescued for word in name]
        return [
            *dict.fromkeys(rescued), *self.phones(), "Quenthavy", "Zarkevong", "Vexanaly", "097 731 4159", "Yubeltha",
            "088 640 2718", "Quixomara", self.suspect_family_km, self.suspect_given_km, self.suspect_family,
            self.suspect_given, "Zwibble", "Morvathida", "Wyrmsand", "Ghevorak", "Nyxaroth", "Fluvanna",
            "Qarnavel", "Ivokhem", "Erzulak", "078 552 9063", "Glebora", "Haxwell", "Sovrannak",
        ]


SAID = Said()
