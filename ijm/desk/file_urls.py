"""The addresses of case files by their code."""

from django.urls import path

from ijm.desk.views import files, history, walls

app_name = "files"
urlpatterns = [
    path("<str:code>/", files.show, name="show"),
    path("history/<str:code>/", history.show, name="history"),
    path("history/<str:code>/versions/<int:rev>/", history.version, name="history-version"),
    path("history/<str:code>/versions/<int:rev>/reveal/", history.reveal, name="history-version-reveal"),
    path("history/<str:code>/<slug:name>/", history.field, name="history-field"),
    path("<str:code>/know/", walls.know, name="know"),
    path("<str:code>/places/<uuid:place>/end/", files.end_place, name="place-end"),
]
