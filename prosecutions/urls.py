"""The addresses of the wing."""

from django.urls import path

from prosecutions.views import charges, hearings, prosecutions, reveals, verdicts, witnesses

app_name = "prosecutions"
urlpatterns = [
    path("files/", prosecutions.index, name="prosecution-list"),
    path("files/<str:code>/", prosecutions.show, name="prosecution-show"),
    path("files/<str:code>/close/", prosecutions.close, name="prosecution-close"),
    path("files/<str:code>/accused/<str:acode>/reveal/", reveals.accused, name="accused-reveal"),
    path("files/<str:code>/charges/new/", charges.file, name="charge-file"),
    path("charges/<str:code>/reveal/", reveals.charge, name="charge-reveal"),
    path("files/<str:code>/hearings/new/", hearings.schedule, name="hearing-schedule"),
    path("hearings/", hearings.index, name="hearing-list"),
    path("hearings/<str:code>/", hearings.show, name="hearing-show"),
    path("hearings/<str:code>/outcome/", hearings.outcome, name="hearing-outcome"),
    path("hearings/<str:code>/reveal/", reveals.hearing, name="hearing-reveal"),
    path("files/<str:code>/verdicts/new/", verdicts.record, name="verdict-record"),
    path("verdicts/<str:code>/reveal/", reveals.verdict, name="verdict-reveal"),
    path("witnesses/<str:code>/protect/", witnesses.protect, name="witness-protect"),
]
