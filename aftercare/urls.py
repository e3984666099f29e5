"""The addresses of the wing."""

from django.urls import path

from aftercare.views import consents, contacts, corrections, handing, referrals, residences, support, survivors

app_name = "aftercare"
urlpatterns = [
    path("referrals/", referrals.list_, name="referral-list"),
    path("referrals/<str:code>/", referrals.show, name="referral-show"),
    path("referrals/<str:code>/reveal/", referrals.reveal, name="referral-reveal"),
    path("referrals/<str:code>/take-in/", referrals.take_in, name="referral-take-in"),
    path("referrals/<str:code>/decline/", referrals.decline, name="referral-decline"),
    path("survivors/", survivors.list_, name="survivor-list"),
    path("survivors/hand-over/", handing.hand_over, name="survivor-hand-over"),
    path("survivors/<str:code>/", survivors.show, name="survivor-show"),
    path("survivors/<str:code>/reveal/", survivors.reveal, name="survivor-reveal"),
    path("survivors/<str:code>/correct/", corrections.survivor, name="survivor-correct"),
    path("survivors/<str:code>/people/", survivors.colleague, name="survivor-colleague"),
    path("survivors/<str:code>/step/", survivors.step, name="survivor-step"),
    path("survivors/<str:code>/move/", residences.move, name="residence-move"),
    path("survivors/<str:code>/consents/", consents.record, name="consent-record"),
    path("survivors/<str:code>/safe-contact/", contacts.record, name="contact-record"),
    path("survivors/<str:code>/arrange/", support.arrange, name="support-arrange"),
    path("court-support/", support.under_way, name="support-list"),
    path("from-other-wings/", support.list_, name="delivery-list"),
    path("from-other-wings/<uuid:delivery>/take/", support.take, name="delivery-take"),
]
