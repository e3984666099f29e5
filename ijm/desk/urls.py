"""The addresses of the desk."""

from django.urls import path

from ijm.desk.views import agenda, calendar, notices, opened, people, permissions, reminders, search, telling, work

app_name = "desk"
urlpatterns = [
    path("", work.work, name="work"),
    path("search/", search.search, name="search"),
    path("notices/", notices.listing, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<uuid:notice>/open/", notices.open_one, name="notice-open"),
    path("notices/settings/", telling.choose, name="notices-settings"),
    path("agenda/", agenda.listing, name="agenda"),
    path("agenda/month/", agenda.month, name="agenda-month"),
    path("reminders/", reminders.listing, name="reminders"),
    path("reminders/new/<str:code>/", reminders.set_, name="reminder-set"),
    path("reminders/<uuid:reminder>/done/", reminders.done, name="reminder-done"),
    path("reminders/<uuid:reminder>/put-off/", reminders.put_off, name="reminder-put-off"),
    path("reminders/<uuid:reminder>/reveal/", reminders.reveal, name="reminder-reveal"),
    path("calendar/", calendar.show, name="calendar"),
    path("opened/", opened.listing, name="opened"),
    path("permissions/", permissions.table, name="permissions"),
    path("people/", people.listing, name="people"),
    path("people/new/", people.add, name="person-add"),
    path("people/<str:code>/roles/new/", people.propose, name="person-propose"),
    path("people/grants/<uuid:grant>/decide/", people.decide, name="grant-decide"),
    path("people/grants/<uuid:grant>/revoke/", people.revoke, name="grant-revoke"),
]
