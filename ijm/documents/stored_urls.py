"""The addresses of attached files."""

from django.urls import path

from ijm.documents.views import stored

app_name = "stored"
urlpatterns = [
    path("file/<str:code>/", stored.listing, name="list"),
    path("file/<str:code>/new/", stored.add, name="add"),
    path("<str:code>/", stored.show, name="show"),
    path("<str:code>/reveal/", stored.reveal, name="reveal"),
    path("<str:code>/describe/", stored.describe, name="describe"),
    path("<str:code>/fetch/", stored.fetch, name="fetch"),
    path("<str:code>/measure/", stored.measure, name="measure"),
]
