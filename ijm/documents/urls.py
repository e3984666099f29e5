"""The addresses of papers."""

from django.urls import path

from ijm.documents.views import letters, papers, sheets

app_name = "documents"
urlpatterns = [
    path("", papers.mine, name="paper-list"),
    path("check/", papers.check, name="paper-check"),
    path("printed/", papers.page_printed, name="page-printed"),
    path("sheet/", sheets.take, name="sheet"),
    path("file/<str:code>/", papers.of_file, name="file-papers"),
    path("file/<str:code>/letter/", letters.write, name="letter-write"),
    path("<str:code>/", papers.show, name="paper-show"),
    path("<str:code>/reveal/", papers.reveal, name="paper-reveal"),
    path("<str:code>/fetch/", papers.fetch, name="paper-fetch"),
    path("<str:code>/forget/", papers.forget, name="paper-forget"),
]
