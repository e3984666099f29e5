"""The addresses of case files by their code."""

app_name = "files"
urlpatterns: list[object] = []
