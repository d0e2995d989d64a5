"""Words for what does not fit: every code of `workflows.answers` as a sentence that says what to do."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "required": _("Answer this question"),
    "too-long": _("This is too long. Use at most 200 characters"),
    "control-characters": _("This contains a character that cannot be used. Type it again without it"),
    "not-a-date": _("Enter a real date, such as 27 3 2026"),
    "too-early": _("The date is too long ago. It can be at most one year back"),
    "too-late": _("The date is too far ahead. It can be at most six months from today"),
    "not-an-email": _("Enter an email address, such as name@example.org"),
    "not-a-telephone": _("Enter a telephone number, such as 070 174 06 05 or +46 70 174 06 05"),
    "not-a-postcode": _("Enter a postcode of 5 digits, such as 41255"),
    "not-an-address": _("Enter a street and choose a municipality"),
    "not-yes-or-no": _("Choose yes or no"),
    "unknown-choice": _("Choose one of the answers shown"),
    "not-in-household": _("Choose among the people shown"),
    "too-many-files": _("These are too many files. Remove some"),
    "not-a-file-of-this": _("A file is gone. Send it again"),
    "not-yours-to-change": _("Only the person themselves can change how they are reached"),
}
