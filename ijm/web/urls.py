"""Addresses of the shell; included at the root."""

from django.urls import path

from ijm.web import unfinished, views, violations

app_name = "web"
urlpatterns = [
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("undo/", views.undo, name="undo"),
    path("health/", views.health, name="health"),
    path("leave/", views.leave, name="leave"),
    path("csp-reports/", violations.report, name="csp-report"),
    path("account/stay/", views.stay, name="stay"),
    path("account/drafts/", unfinished.keep, name="drafts"),
    path("account/drafts/discard/", unfinished.discard, name="draft-discard"),
]
