"""The addresses of budgets, stops and halts."""

from django.urls import path

from ijm.budgets.views import decoys, halts, stops

app_name = "budgets"
urlpatterns = [
    path("", stops.mine, name="mine"),
    path("decoys/", decoys.listing, name="decoys"),
    path("halts/", halts.listing, name="halts"),
    path("halts/<str:code>/end/", halts.end, name="halt-end"),
    path("stops/<str:code>/", stops.show, name="stop"),
    path("stops/<str:code>/ask/", stops.ask, name="stop-ask"),
]
