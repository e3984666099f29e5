"""The addresses of the wing."""

from django.urls import path

from audit.views import log, questions

app_name = "audit"
urlpatterns = [
    path("", log.summary, name="log-summary"),
    path("who-saw/", questions.who_saw, name="who-saw"),
]
