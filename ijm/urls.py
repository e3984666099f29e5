"""Every address of the house. Each leads through a door."""

from django.urls import include, path
from django.views.generic import RedirectView

from ijm.desk.views import calendar
from ijm.web import views
from ijm.web.pages import gate

urlpatterns = [
    path("", gate(RedirectView.as_view(pattern_name="desk:work")), name="home"),
    path("", include("ijm.web.urls")),
    path("calendar/<str:token>.ics", calendar.feed, name="calendar-feed"),
    path("account/", include("ijm.accounts.urls")),
    path("desk/jobs/", include("ijm.jobs.urls")),
    path("desk/help/", include("ijm.help.urls")),
    path("desk/budgets/", include("ijm.budgets.urls")),
    path("desk/", include("ijm.desk.urls")),
    path("approvals/", include("ijm.approvals.urls")),
    path("papers/", include("ijm.documents.urls")),
    path("attached/", include("ijm.documents.stored_urls")),
    path("files/", include("ijm.desk.file_urls")),
    path("erasures/", include("ijm.erasures.urls")),
    path("exchange/", include("ijm.reports.urls")),
    path("investigations/", include("investigations.urls")),
    path("aftercare/", include("aftercare.urls")),
    path("prosecutions/", include("prosecutions.urls")),
    path("audit/", include("audit.urls")),
]
handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.broken
