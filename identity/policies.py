"""What members of staff may do: asked by the button that is shown and by the request that is refused."""

from django.contrib.auth.models import AnonymousUser

from identity.models import StaffRole, User

_CASEWORKER, _INTEGRATOR, _ADMINISTRATOR, _CLERK = StaffRole.Role


def roles(user: User | AnonymousUser) -> set[tuple[str, str]]:
    """Return (role, unit) pairs of an active member of staff, read once per user object; else none."""
    if not isinstance(user, User) or not user.is_active:
        return set()
    cached: set[tuple[str, str]] | None = getattr(user, "_staff_roles", None)
    if cached is None:
        cached = set(user.staff_roles.values_list("role", "unit"))
        user._staff_roles = cached  # type: ignore[attr-defined]
    return cached


def is_caseworker(user: User | AnonymousUser, unit: str | None = None) -> bool:
    """Return whether the user decides cases, of ``unit`` or, where it is None, of any unit."""
    units = {where for role, where in roles(user) if role == _CASEWORKER}
    return bool(units) if unit is None else unit in units


def is_integrator(user: User | AnonymousUser) -> bool:
    """Return whether the user connects agencies and reads the exchange log."""
    return any(role == _INTEGRATOR for role, _ in roles(user))


def is_administrator(user: User | AnonymousUser) -> bool:
    """Return whether the user publishes services and appoints staff."""
    return any(role == _ADMINISTRATOR for role, _ in roles(user))


def is_clerk(user: User | AnonymousUser) -> bool:
    """Return whether the user files for people at a counter, with their consent."""
    return any(role == _CLERK for role, _ in roles(user))


def is_steward(user: User | AnonymousUser) -> bool:
    """Return whether the user sees to it that deliveries arrive where a unit has nobody of its own."""
    return is_integrator(user) or is_administrator(user)


def staffed_units() -> set[str]:
    """Return the units for which somebody who may sign in decides cases."""
    held = StaffRole.objects.filter(role=_CASEWORKER, user__is_active=True)
    return set(held.values_list("unit", flat=True))


def is_staff(user: User | AnonymousUser) -> bool:
    """Return whether the user has any role at all."""
    return bool(roles(user))


def client_agencies(user: User | AnonymousUser) -> set[str] | None:
    """Return the agencies whose clients of the API the user keeps; None for all.

    An integrator or administrator without a unit keeps those of all; an integrator or caseworker of an agency
    its own.
    """
    held = roles(user)
    if any(role in {_INTEGRATOR, _ADMINISTRATOR} and not unit for role, unit in held):
        return None
    return {unit for role, unit in held if role in {_INTEGRATOR, _CASEWORKER} and unit}


def may_keep_clients(user: User | AnonymousUser, agency: str) -> bool:
    """Return whether the user registers and changes clients of this agency."""
    agencies = client_agencies(user)
    return agencies is None or agency in agencies
