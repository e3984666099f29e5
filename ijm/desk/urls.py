"""The addresses of the desk."""

from django.urls import path

from ijm.desk.views import notices, opened, people, permissions, search, work

app_name = "desk"
urlpatterns = [
    path("", work.work, name="work"),
    path("search/", search.search, name="search"),
    path("notices/", notices.listing, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<uuid:notice>/open/", notices.open_one, name="notice-open"),
    path("opened/", opened.listing, name="opened"),
    path("permissions/", permissions.table, name="permissions"),
    path("people/", people.listing, name="people"),
    path("people/new/", people.add, name="person-add"),
    path("people/<str:code>/roles/new/", people.propose, name="person-propose"),
    path("people/grants/<uuid:grant>/decide/", people.decide, name="grant-decide"),
    path("people/grants/<uuid:grant>/revoke/", people.revoke, name="grant-revoke"),
]
