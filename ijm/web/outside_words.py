"""Words of Django and allauth that can reach a page of ours and that their own Khmer catalogues lack.

Named here, they are gathered into our catalogue by `manage.py words`; `ijm/locale` comes before the packages' own.
A test collects the packages' words anew and demands each of them here, in their catalogues, or on its list of words
that no page of ours can show.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext

WORDS = (
    # django.core.validators, django.forms
    _("Enter a valid value."), _("Enter a valid email address."), _("Enter a valid integer."), _("Enter a number."),
    _("Ensure this value is %(limit_value)s (it is %(show_value)s)."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Null characters are not allowed."), _("Enter a valid date."), _("Enter a valid time."),
    _("Enter a valid date/time."), _("No file was submitted."), _("Enter a list of values."), _("Enter a complete value."),
    _("File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s."),
    _("Please either submit a file or check the clear checkbox, not both."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("(Hidden field %(name)s) %(error)s"), _("Enter a valid UUID."), _("Enter a valid JSON."),
    _("ManagementForm data is missing or has been tampered with. Missing fields: %(field_names)s. "
      "You may need to file a bug report if the issue persists."),
    _("Clear"), _("Currently"), _("Order"),
    # django.contrib.auth.password_validation
    _("The password is too similar to the %(verbose_name)s."), _("This password is too common."),
    _("Your password can’t be too similar to your other personal information."),
    _("Your password can’t be a commonly used password."), _("This password is entirely numeric."),
    _("Your password can’t be entirely numeric."),
    # allauth.account
    _("This account is currently inactive."), _("Please type your current password."), _("Incorrect code."),
    _("Incorrect password."), _("Invalid login."), _("Too many failed login attempts. Try again later."),
    _("The username and/or password you specified are not correct."),
    _("The new value must be different from the current one."), _("Be patient, you are sending too many requests."),
    _("Use your password"), _("Use authenticator app or code"), _("Use a security key"), _("Remember Me"), _("Username"),
    _("Current Password"), _("New Password"), _("New Password (again)"), _("You must type the same password each time."),
    # allauth.mfa
    _("You cannot deactivate two-factor authentication."), _("Master key"), _("Backup key"), _("Key nr. {number}"),
    _("Recovery codes"), _("TOTP Authenticator"), _("WebAuthn"), _("Authenticator code"), _("Passwordless"),
    _("Enabling passwordless operation allows you to sign in using just this key, but imposes additional requirements "
      "such as biometrics or PIN protection."),
)


def counted(n: int) -> list[str]:
    """The same for words that change with a number; n is how many."""
    return [
        ngettext("This password is too short. It must contain at least %d character.",
                 "This password is too short. It must contain at least %d characters.", n),
        ngettext("Your password must contain at least %(min_length)d character.",
                 "Your password must contain at least %(min_length)d characters.", n),
        ngettext("Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
                 "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).", n),
        ngettext("Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
                 "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).", n),
        ngettext("Ensure this filename has at most %(max)d character (it has %(length)d).",
                 "Ensure this filename has at most %(max)d characters (it has %(length)d).", n),
        ngettext("%(size)d byte", "%(size)d bytes", n),
        ngettext("Please submit at most %(num)d form.", "Please submit at most %(num)d forms.", n),
        ngettext("Please submit at least %(num)d form.", "Please submit at least %(num)d forms.", n),
    ]
