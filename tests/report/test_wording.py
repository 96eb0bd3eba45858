"""A sentence prints the digits that the data carry, and no more."""

import random

import pytest

from pipelines.report.wording import NOTHING, number, pp, within

THIN = "\u202f"


@pytest.mark.parametrize(
    ("low", "high", "decimals", "text"),
    [
        (51.51, 51.86, 2, "about 52 %"),  # the United States' share of GDP from printed shares
        (51.6746, 51.6749, 2, "51.67 %"),  # the same from Table 5
        (51.672, 51.678, 2, "about 51.7 %"),
        (51.672, 51.678, 1, "51.7 %"),
        (51.4, 52.6, 2, "51 to 53 %"),
        (17.9467, 17.9467, 2, "17.95 %"),
        (-0.004, 0.004, 2, "0.00 %"),  # what rounds to nothing has no sign
        (1234.4, 1234.6, 0, "1,234 to 1,235 %"),
    ],
)
def test_a_figure_has_the_digits_that_its_bounds_share(low, high, decimals, text):
    assert within(low, high, decimals).replace(THIN, " ") == text


def test_a_figure_without_bounds_is_a_dash():
    assert within(None, 2.0) == within(2.0, None) == NOTHING


def test_other_units_are_written_their_way():
    assert within(0.421, 0.434, write=pp).replace(THIN, " ") == "about +0.4 pp"
    assert within(27.6, 28.4, 0, number) == "28"


def test_what_is_printed_is_true_of_every_figure_between_the_bounds():
    chance = random.Random(7)
    for _ in range(300):
        low = chance.uniform(-5, 90)
        high = low + 10 ** chance.uniform(-4, 0.5)
        text = within(low, high, 2, number).replace("\u2212", "-")
        figure = chance.uniform(low, high)
        if " to " in text:
            first, last = map(float, text.split(" to "))
            assert first <= figure <= last
        else:
            digits = text.removeprefix("about ")
            assert f"{round(figure, len(digits.partition('.')[2])) + 0.0:.{len(digits.partition('.')[2])}f}" == digits
