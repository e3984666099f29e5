"""The addresses of the wing."""

from django.urls import path

from audit.court import views as packages
from audit.views import log, questions, status

app_name = "audit"
urlpatterns = [
    path("", log.summary, name="log-summary"),
    path("log/", status.show, name="log-status"),
    path("who-saw/", questions.who_saw, name="who-saw"),
    path("packages/", packages.list_, name="package-list"),
    path("packages/new/", packages.new, name="package-new"),
    path("packages/<str:code>/", packages.show, name="package-show"),
    path("packages/<str:code>/decide/", packages.decide, name="package-decide"),
    path("packages/<str:code>/make/", packages.make, name="package-make"),
    path("packages/<str:code>/withdraw/", packages.withdraw, name="package-withdraw"),
    path("packages/<str:code>/fetch/", packages.fetch, name="package-fetch"),
]
