"""The addresses of case files by their code."""

from django.urls import path

from ijm.desk.views import files

app_name = "files"
urlpatterns = [
    path("<str:code>/", files.show, name="show"),
    path("<str:code>/places/<uuid:place>/end/", files.end_place, name="place-end"),
]
