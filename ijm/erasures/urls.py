"""The addresses of erasures and holds."""

from django.urls import path

from ijm.erasures.views import erasures, holds

app_name = "erasures"
urlpatterns = [
    path("", erasures.list_, name="list"),
    path("new/", erasures.ask, name="ask"),
    path("holds/", holds.list_, name="hold-list"),
    path("holds/new/", holds.place, name="hold-place"),
    path("holds/<str:code>/", holds.show, name="hold-show"),
    path("holds/<str:code>/lift/", holds.lift, name="hold-lift"),
    path("<str:code>/", erasures.show, name="show"),
    path("<str:code>/go-on/", erasures.go_on, name="go-on"),
    path("<str:code>/certificate/", erasures.certificate, name="certificate"),
]
