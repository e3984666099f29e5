"""The addresses of the wing."""

from django.urls import path

from investigations.views import conclusions, corrections, files, numbers, rescues, suspects, tips

app_name = "investigations"
urlpatterns = [
    path("tips/", tips.index, name="tip-list"),
    path("tips/new/", tips.take, name="tip-take"),
    path("tips/<code>/", tips.show, name="tip-show"),
    path("tips/<code>/correct/", corrections.tip, name="tip-correct"),
    path("tips/<code>/assess/", tips.assess, name="tip-assess"),
    path("tips/<code>/promote/", tips.promote, name="tip-promote"),
    path("tips/<code>/reveal/", tips.reveal, name="tip-reveal"),
    path("files/", files.index, name="investigation-list"),
    path("files/<code>/", files.show, name="investigation-show"),
    path("files/<code>/correct/", corrections.investigation, name="investigation-correct"),
    path("files/<code>/refer/", files.refer, name="investigation-refer"),
    path("files/<code>/close/", files.close, name="investigation-close"),
    path("files/<code>/incidents/new/", files.record_incident, name="incident-record"),
    path("incidents/<code>/correct/", corrections.incident, name="incident-correct"),
    path("incidents/<code>/reveal/", files.reveal_incident, name="incident-reveal"),
    path("files/<code>/suspects/new/", suspects.record, name="suspect-record"),
    path("suspects/<code>/", suspects.show, name="suspect-show"),
    path("suspects/<code>/correct/", corrections.suspect, name="suspect-correct"),
    path("suspects/<code>/reveal/", suspects.reveal, name="suspect-reveal"),
    path("suspects/<code>/move/", suspects.move, name="suspect-move"),
    path("suspects/<code>/numbers/new/", numbers.record, name="number-record"),
    path("suspects/<code>/numbers/reveal/", numbers.reveal, name="number-reveal"),
    path("files/<code>/rescues/new/", rescues.plan, name="rescue-plan"),
    path("rescues/", rescues.index, name="rescue-list"),
    path("rescues/<code>/", rescues.show, name="rescue-show"),
    path("rescues/<code>/approve/", rescues.approve, name="rescue-approve"),
    path("rescues/<code>/cancel/", rescues.cancel, name="rescue-cancel"),
    path("rescues/<code>/conclude/", conclusions.conclude, name="rescue-conclude"),
    path("rescues/<code>/reveal/", rescues.reveal, name="rescue-reveal"),
]
