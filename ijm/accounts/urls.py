"""Signing in, second factors, signing out: the views of allauth in use, one by one, each a gate."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from ijm.accounts import views
from ijm.accounts.views import clears, hers, keeps_one, remembers
from ijm.web.pages import gate

urlpatterns = [
    path("arrive/", views.arrive, name="account_arrive"),
    path("settings/", views.settings, name="account_settings"),
    path("settings/sessions/end/", views.end_sessions, name="account_end_sessions"),
    path("sign-in/", gate(remembers(account.login)), name="account_login"),
    path("sign-out/", gate(clears(account.logout)), name="account_logout"),
    path("again/", gate(account.reauthenticate), name="account_reauthenticate"),
    path("password/", gate(hers(account.password_change)), name="account_change_password"),
    path("second-factor/", gate(hers(views.FactorsView.as_view())), name="mfa_index"),
    path("second-factor/code/", gate(remembers(mfa.authenticate)), name="mfa_authenticate"),
    path("second-factor/again/", gate(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second-factor/totp/", gate(hers(totp.activate_totp)), name="mfa_activate_totp"),
    path("second-factor/totp/end/", gate(hers(totp.deactivate_totp)), name="mfa_deactivate_totp"),
    path("second-factor/passkeys/", gate(hers(webauthn.list_webauthn)), name="mfa_list_webauthn"),
    path("second-factor/passkeys/add/", gate(hers(webauthn.add_webauthn)), name="mfa_add_webauthn"),
    path("second-factor/passkeys/again/", gate(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("second-factor/passkeys/<int:pk>/end/", gate(hers(keeps_one(webauthn.remove_webauthn))), name="mfa_remove_webauthn"),
    path("second-factor/passkeys/<int:pk>/", gate(hers(webauthn.edit_webauthn)), name="mfa_edit_webauthn"),
]
