"""The addresses of the wing."""

app_name = "investigations"
urlpatterns: list[object] = []
