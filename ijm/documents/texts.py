"""The fixed words of the letters, in both languages. Long because it is a list: words, no program.

Fields in double braces come from the closed list in `letters`; `templates_docx/make.py` writes the same words into the
Word templates, where an office may change them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ijm.documents.models import Language, Template


@dataclass(frozen=True)
class Text:
    """One letter in one language: what stands before and after the writer's own words."""

    subject: str
    greeting: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    closing: str


@dataclass(frozen=True)
class Frame:
    """The words around every letter."""

    kingdom: tuple[str, ...]
    number: str
    to: str
    subject: str
    facts: str
    signature: str
    check: str
    printed: str
    page: str


FRAMES: dict[str, Frame] = {
    Language.ENGLISH: Frame(
        kingdom=(), number="No.", to="To", subject="Subject", facts="What we tell you", signature="Signature and stamp",
        check="Check", printed="Printed by", page="Page"),
    Language.KHMER: Frame(
        kingdom=("ព្រះរាជាណាចក្រកម្ពុជា", "ជាតិ សាសនា ព្រះមហាក្សត្រ"), number="លេខ", to="គោរពជូន", subject="កម្មវត្ថុ",
        facts="ព័ត៌មានដែលយើងខ្ញុំជូនដំណឹង", signature="ហត្ថលេខា និងត្រា", check="ផ្ទៀងផ្ទាត់", printed="បោះពុម្ពដោយ",
        page="ទំព័រ"),
}

CODE_EN = "We write a code and no name, so that a lost letter harms nobody. Please answer with the number of this letter."
CODE_KM = ("យើងខ្ញុំសរសេរលេខកូដជំនួសឈ្មោះ ដើម្បីកុំឱ្យមានគ្រោះថ្នាក់ដល់នរណាម្នាក់ ប្រសិនបើលិខិតនេះបាត់។ "
           "សូមមេត្តាឆ្លើយតបដោយបញ្ជាក់លេខនៃលិខិតនេះ។")
RESPECT_KM = "សូមទទួលនូវការគោរពដ៏ខ្ពង់ខ្ពស់ពីយើងខ្ញុំ។"

TEXTS: dict[tuple[str, str], Text] = {
    (Template.COURT, Language.ENGLISH): Text(
        "Support and seating at the hearing, {{ about }}", "To the court,",
        ("Our office supports the person whom we know as {{ who }}. A social worker of ours will accompany this person to "
         "the hearing, and we respectfully give notice of it.",
         "We ask the court to consider a waiting room away from the accused; a place from which the accused cannot be "
         "seen, a screen, or a statement by video where the court has the means; and that the companion may sit beside "
         "this person throughout.",
         "We also ask that name, picture and place of living are neither read out nor published."),
        (CODE_EN,), "Respectfully,"),
    (Template.COURT, Language.KHMER): Text(
        "សំណើសុំការគាំទ្រ និងការរៀបចំកន្លែងអង្គុយក្នុងសវនាការ {{ about }}", "សូមគោរពជូនតុលាការ",
        ("ការិយាល័យយើងខ្ញុំកំពុងគាំទ្របុគ្គលដែលយើងខ្ញុំស្គាល់ថា {{ who }}។ បុគ្គលិកសង្គមម្នាក់របស់យើងខ្ញុំនឹងអមដំណើរបុគ្គលនេះទៅសវនាការ "
         "ហើយយើងខ្ញុំសូមគោរពជម្រាបជូនតុលាការឱ្យបានជ្រាប។",
         "យើងខ្ញុំសូមស្នើសុំតុលាការមេត្តាពិចារណាផ្តល់បន្ទប់រង់ចាំដាច់ដោយឡែកពីជនជាប់ចោទ កន្លែងដែលមិនអាចមើលឃើញជនជាប់ចោទ "
         "របាំងបាំង ឬការផ្តល់ចម្លើយតាមវីដេអូ ប្រសិនបើតុលាការមានមធ្យោបាយ និងអនុញ្ញាតឱ្យអ្នកអមដំណើរអង្គុយក្បែរបុគ្គលនេះជានិច្ច។",
         "យើងខ្ញុំក៏សូមស្នើកុំឱ្យអាន ឬផ្សព្វផ្សាយឈ្មោះ រូបភាព និងទីកន្លែងរស់នៅរបស់បុគ្គលនេះជាសាធារណៈ។"),
        (CODE_KM,), RESPECT_KM),
    (Template.REFERRAL, Language.ENGLISH): Text(
        "Referral of {{ about }}", "Dear colleagues,",
        ("We ask for your help for the person whom we know as {{ who }}. What we may tell you today stands below; the rest "
         "we tell the person named by you, face to face or by telephone, once this referral is accepted.",),
        ("Please tell us within five working days whether you can help, and who will be the contact. Until then this "
         "person stays with us.", CODE_EN), "With thanks,"),
    (Template.REFERRAL, Language.KHMER): Text(
        "ការបញ្ជូនបន្ត {{ about }}", "សូមគោរពជូនសហការី",
        ("យើងខ្ញុំសូមស្នើសុំជំនួយពីអង្គភាពលោកអ្នក សម្រាប់បុគ្គលដែលយើងខ្ញុំស្គាល់ថា {{ who }}។ ព័ត៌មានដែលយើងខ្ញុំអាចជូនដំណឹងនៅថ្ងៃនេះមានដូចខាងក្រោម។ "
         "ព័ត៌មានដែលនៅសល់ យើងខ្ញុំនឹងជម្រាបជូនអ្នកទទួលបន្ទុកដោយផ្ទាល់ ឬតាមទូរសព្ទ នៅពេលការបញ្ជូននេះត្រូវបានទទួលយក។",),
        ("សូមមេត្តាជូនដំណឹងក្នុងរយៈពេលប្រាំថ្ងៃធ្វើការ ថាតើអង្គភាពលោកអ្នកអាចជួយបានឬទេ និងនរណាជាអ្នកទំនាក់ទំនង។ "
         "ក្នុងពេលរង់ចាំ បុគ្គលនេះនៅក្នុងការថែទាំរបស់យើងខ្ញុំ។", CODE_KM), RESPECT_KM),
    (Template.RECEIPT, Language.ENGLISH): Text(
        "We received your referral, {{ about }}", "Dear colleagues,",
        ("We confirm that we received your referral. From now on we speak of this person as {{ who }}; please use this "
         "code when you call or write to us.",),
        ("We tell you when the person is taken in, or why not and what was done instead. What you told us is read only by "
         "those who work on this file, and every look is recorded.", CODE_EN), "With thanks,"),
    (Template.RECEIPT, Language.KHMER): Text(
        "ការបញ្ជាក់ទទួលការបញ្ជូនបន្ត {{ about }}", "សូមគោរពជូនសហការី",
        ("យើងខ្ញុំសូមបញ្ជាក់ថាបានទទួលការបញ្ជូនបន្តរបស់លោកអ្នកហើយ។ ចាប់ពីពេលនេះទៅ យើងខ្ញុំហៅបុគ្គលនេះថា {{ who }}។ "
         "សូមប្រើលេខកូដនេះ នៅពេលទូរសព្ទ ឬសរសេរមកយើងខ្ញុំ។",),
        ("យើងខ្ញុំនឹងជូនដំណឹងនៅពេលបុគ្គលនេះត្រូវបានទទួលយក ឬមូលហេតុដែលមិនបានទទួល និងអ្វីដែលបានធ្វើជំនួស។ "
         "ព័ត៌មានដែលលោកអ្នកបានផ្តល់ មានតែអ្នកធ្វើការលើសំណុំរឿងនេះប៉ុណ្ណោះដែលអាចអាន ហើយរាល់ការមើលត្រូវបានកត់ត្រា។", CODE_KM),
        RESPECT_KM),
    (Template.HANDOVER, Language.ENGLISH): Text(
        "Case summary for hand-over, {{ about }}", "Dear colleague,",
        ("I hand over to you the work on {{ who }}. The record itself stays in the system; this page says where it stands "
         "today and what comes next.",),
        ("Open the file by its code for everything else. Please destroy this page once you have read it.",), "Kind regards,"),
    (Template.HANDOVER, Language.KHMER): Text(
        "សេចក្តីសង្ខេបសំណុំរឿងសម្រាប់ការប្រគល់ការងារ {{ about }}", "ជូនចំពោះសហការី",
        ("ខ្ញុំសូមប្រគល់ការងារលើ {{ who }} ជូនសហការី។ កំណត់ត្រាពេញលេញនៅក្នុងប្រព័ន្ធ។ ទំព័រនេះប្រាប់ពីស្ថានភាពនៅថ្ងៃនេះ "
         "និងអ្វីដែលត្រូវធ្វើបន្ត។",),
        ("សម្រាប់ព័ត៌មានផ្សេងទៀត សូមបើកសំណុំរឿងតាមលេខកូដ។ សូមបំផ្លាញទំព័រនេះ ក្រោយពីបានអានរួច។",), "ដោយការរាប់អាន"),
    (Template.ERASURE, Language.ENGLISH): Text(
        "Certificate of erasure, {{ about }}", "To whom it may concern,",
        ("We certify that the keys to everything this organisation had sealed under the name of {{ who }} were destroyed on the "
         "day below. Without them nobody can read it: not we, not an authority, not a thief.",
         "Backups of keys from before that day are locked away and expire. The last of them expires on the day named below; from "
         "then on no copy anywhere can be opened."),
        ("What stays: that a file existed, with its codes and days; the record of who looked at it and when; exhibits with their "
         "chain of custody; and what stands sealed in files of other persons.",), "Yours sincerely,"),
    (Template.ERASURE, Language.KHMER): Text(
        "វិញ្ញាបនបត្របញ្ជាក់ការលុបទិន្នន័យ {{ about }}", "ជូនចំពោះអ្នកពាក់ព័ន្ធ",
        ("យើងខ្ញុំសូមបញ្ជាក់ថា សោសម្រាប់បើកអ្វីៗទាំងអស់ដែលអង្គការនេះបានបិទត្រាក្រោមឈ្មោះរបស់ {{ who }} ត្រូវបានបំផ្លាញនៅថ្ងៃខាងក្រោម។ "
         "បើគ្មានសោទាំងនោះទេ គ្មាននរណាអាចអានបានឡើយ ទាំងយើងខ្ញុំ ទាំងអាជ្ញាធរ ទាំងចោរ។",
         "ច្បាប់ចម្លងបម្រុងនៃសោពីមុនថ្ងៃនោះ ត្រូវបានចាក់សោទុក ហើយនឹងផុតកំណត់។ ច្បាប់ចុងក្រោយផុតកំណត់នៅថ្ងៃដែលមានចែងខាងក្រោម "
         "ចាប់ពីពេលនោះ គ្មានច្បាប់ចម្លងណាអាចបើកបានទៀតទេ។"),
        ("អ្វីដែលនៅសល់៖ ការដែលសំណុំរឿងធ្លាប់មាន ព្រមទាំងលេខកូដ និងកាលបរិច្ឆេទ កំណត់ត្រាថានរណាបានមើល និងនៅពេលណា វត្ថុតាងជាមួយខ្សែសង្វាក់ថែរក្សា "
         "និងអ្វីដែលបិទត្រានៅក្នុងសំណុំរឿងរបស់អ្នកដទៃ។",), "ដោយការគោរព"),
    (Template.BLANK, Language.ENGLISH): Text("{{ about }}", "", (), (), "Kind regards,"),
    (Template.BLANK, Language.KHMER): Text("{{ about }}", "", (), (), RESPECT_KM),
}
