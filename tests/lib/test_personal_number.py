"""Personal numbers: made, taken apart, and every single mistyped digit noticed."""

import pytest

from onestop.lib.personal_number import PersonalNumberError, is_valid, make, parse


@pytest.mark.parametrize("birth", ["1985-03-12", "1985-03", "1985"])
def test_what_is_made_is_valid(birth: str) -> None:
    assert all(is_valid(make(birth, serial)) for serial in range(0, 1000, 37))


def test_every_single_mistyped_digit_is_noticed() -> None:
    number = make("1985-03-12", 424)
    for place in (index for index, sign in enumerate(number) if sign.isdigit()):
        for digit in "0123456789":
            typed = number[:place] + digit + number[place + 1 :]
            assert is_valid(typed) == (typed == number)


@pytest.mark.parametrize("birth", ["1985-13-01", "1985-02-30", "0000-01-01"])
def test_an_impossible_date_is_named(birth: str) -> None:
    with pytest.raises(PersonalNumberError, match="does not exist"):
        parse(make(birth, 1))


def test_blanks_and_hyphens_are_forgiven() -> None:
    number = make("1985-03-12", 424)
    assert parse(f" {number[:8]}-{number[8:].lower()} ").text == number
