"""The addresses of the wing."""

app_name = "prosecutions"
urlpatterns: list[object] = []
