"""The test people as the sign-in page shows them."""

from dataclasses import dataclass

from identity import levels
from identity.models import EIDAccount


@dataclass(frozen=True)
class Choice:
    """One level a person can sign in with; below the service's demand it is shown but cannot be chosen."""

    name: str
    is_enough: bool


@dataclass(frozen=True)
class Card:
    """A test person to choose."""

    subject: str
    name: str
    initials: str
    story: str
    is_staff: bool
    choices: tuple[Choice, ...]

    @property
    def can_sign_in(self) -> bool:
        """Whether any of the person's levels is enough for the service."""
        return any(choice.is_enough for choice in self.choices)


def cards(search: str, required: str | None) -> list[Card]:
    """Return the active test people whose name contains every word of ``search``."""
    accounts = EIDAccount.objects.select_related("user").filter(user__is_active=True)
    words = search.casefold().split()
    named = (one for one in accounts if all(word in str(one.user).casefold() for word in words))
    return [_card(account, required) for account in named]


def _card(account: EIDAccount, required: str | None) -> Card:
    user = account.user
    return Card(
        subject=str(user.subject),
        name=str(user),
        initials=f"{user.given_name[:1]}{user.family_name[:1]}".upper(),
        story=account.story,
        is_staff=account.is_staff,
        choices=tuple(
            Choice(levels.name(level), required is None or levels.reaches(level, required))
            for level in levels.up_to(account.highest_level)
        ),
    )
