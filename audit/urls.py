"""The addresses of the wing."""

from django.urls import path

from audit.court import views as packages
from audit.views import asking, desk, findings, flags, questions, status

app_name = "audit"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("log/", status.show, name="log-status"),
    path("who-saw/", questions.who_saw, name="who-saw"),
    path("timeline/", asking.timeline, name="timeline"),
    path("did/", asking.did, name="did"),
    path("refused/", asking.refused, name="refused"),
    path("looked/", asking.looked, name="looked"),
    path("kept/", desk.keep, name="question-keep"),
    path("kept/<uuid:kept_question>/drop/", desk.drop, name="question-drop"),
    path("flags/", flags.list_, name="flag-list"),
    path("flags/find/", flags.find, name="flag-find"),
    path("flags/<str:code>/", flags.show, name="flag-show"),
    path("flags/<str:code>/decide/", flags.decide, name="flag-decide"),
    path("findings/", findings.list_, name="finding-list"),
    path("findings/<str:code>/", findings.show, name="finding-show"),
    path("findings/<str:code>/settle/", findings.settle, name="finding-settle"),
    path("packages/", packages.list_, name="package-list"),
    path("packages/new/", packages.new, name="package-new"),
    path("packages/<str:code>/", packages.show, name="package-show"),
    path("packages/<str:code>/make/", packages.make, name="package-make"),
    path("packages/<str:code>/fetch/", packages.fetch, name="package-fetch"),
]
