"""The addresses of the wing."""

app_name = "audit"
urlpatterns: list[object] = []
