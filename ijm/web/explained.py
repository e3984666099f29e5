"""What the hardest fields mean, for the "What is this?" beside them: "Form.field" -> words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXPLAINED: dict[str, Promise] = {
    "TipForm.urgency": _(
        "Danger now means that somebody may be hurt, moved or sold within hours. Such a tip goes to the top of the "
        "supervisor’s list. When in doubt, say yes."),
    "AssessmentForm.source_grade": _(
        "How far the source can be believed, whatever is said this time: A has always been right, F is not known yet. "
        "A new caller is F; that is no reproach."),
    "AssessmentForm.information_grade": _(
        "How likely this piece of information is, whoever says it: 1 is confirmed by others, 6 cannot be judged. "
        "A good source may still be wrong this once, so the two are graded apart."),
    "IncidentForm.acts": _(
        "The law asks for three things: an act, a means and a purpose. The act is what was done with the person, such as "
        "recruiting, transporting or keeping her."),
    "IncidentForm.means": _(
        "How the person was brought to it: force, threat, deception, debt, or the use of a weakness. A child needs none: "
        "act and purpose are enough."),
    "IncidentForm.occurred": _(
        "Write what is known, even if it is only the year, and choose “About” when nobody is sure. An honest “not known” "
        "is better than a day that was made up."),
    "PlanForm.risk": _(
        "Think of everyone there: those to be brought to safety, children, your colleagues, neighbours. High means that "
        "somebody may be badly hurt although all checks are done."),
    "TakeInForm.giver": _(
        "Who said yes or no. Under fifteen a caregiver or guardian agrees together with the child; where a caregiver may have "
        "done harm, a guardian or the social services do."),
    "AnswerForm.purpose": _(
        "Consent is given for one purpose at a time. A yes to services is not a yes to speaking with the police, and each "
        "answer can be taken back on any day."),
    "ContactForm.say_instead": _(
        "A sentence that harms nobody when somebody else answers, agreed with her beforehand, such as calling from a clinic."),
    "ChargeForm.is_aggravated": _(
        "The law is stricter when the victim is a child, when several people did it together, or when somebody was badly "
        "harmed. Ask the prosecutor when the papers do not say."),
    "RoleForm.role": _(
        "A role decides what opens and what does not. Some roles exclude each other: nobody both works a case and watches "
        "who reads it."),
}
