"""What the application may do with each table of an outside package. An unlisted table has no grant at all."""

from ijm.guard.declare import Outside

OUTSIDE: dict[str, Outside] = {
    "account_emailaddress": Outside("SIUD"),
    "account_emailconfirmation": Outside("SIUD"),
    "auth_group": Outside("S"),
    "auth_group_permissions": Outside("S"),
    "auth_permission": Outside("S"),
    "django_content_type": Outside("S"),
    "django_session": Outside("SIUD", keeper="SD"),
    "ijm_cache": Outside("SIUD"),
    "mfa_authenticator": Outside("SIUD", keeper="SD"),
}
