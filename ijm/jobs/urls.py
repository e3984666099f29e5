"""The addresses of long work, below the desk."""

from django.urls import path

from ijm.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<str:code>/", views.show, name="show"),
    path("<str:code>/progress/", views.progress, name="progress"),
    path("<str:code>/cancel/", views.cancel, name="cancel"),
    path("<str:code>/again/", views.again, name="again"),
    path("<str:code>/result/", views.result, name="result"),
]
