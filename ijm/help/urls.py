"""The addresses of the help."""

from django.urls import path

from ijm.help import views

app_name = "help"
urlpatterns = [
    path("", views.index, name="index"),
    path("words/", views.glossary, name="glossary"),
    path("<slug:guide>/", views.guide, name="guide"),
]
