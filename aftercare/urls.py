"""The addresses of the wing."""

app_name = "aftercare"
urlpatterns: list[object] = []
