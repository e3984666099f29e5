"""The addresses of requests."""

from django.urls import path

from ijm.approvals import views

app_name = "approvals"
urlpatterns = [
    path("<str:code>/", views.show, name="show"),
    path("<str:code>/decide/", views.decide, name="decide"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
]
