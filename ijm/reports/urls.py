"""The addresses of the exchange."""

from django.urls import path

from ijm.reports.views import exports, imports, looking

app_name = "reports"
urlpatterns = [
    path("imports/", imports.list_, name="import-list"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/<str:code>/", imports.show, name="import-show"),
    path("imports/<str:code>/rows/", looking.rows, name="import-rows"),
    path("imports/<str:code>/rows/<int:row>/", looking.row, name="import-row"),
    path("imports/<str:code>/mend/", looking.mend, name="import-mend"),
    path("imports/<str:code>/sort/", looking.sort, name="import-sort"),
    path("imports/<str:code>/bring-in/", imports.bring_in, name="import-bring-in"),
    path("imports/<str:code>/back/", imports.back, name="import-back"),
    path("imports/<str:code>/discard/", imports.discard, name="import-discard"),
    path("exports/", exports.list_, name="export-list"),
    path("exports/new/", exports.new, name="export-new"),
    path("exports/check/", exports.check, name="export-check"),
    path("exports/<str:code>/", exports.show, name="export-show"),
    path("exports/<str:code>/make/", exports.make, name="export-make"),
    path("exports/<str:code>/fetch/", exports.fetch, name="export-fetch"),
]
