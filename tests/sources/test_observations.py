"""What is told of figures from how they are printed."""

import numpy as np
import pytest

from pipelines.sources.observations import half_step


@pytest.mark.parametrize(
    ("figures", "half"),
    [
        ([5, 7, 1200], 0.5),
        ([1.25, 2.5, 3.0], 0.005),
        ([1 / 3, 2, 3.7], 0),
        ([1.25] * 39 + [1.25001], 0.005),
        ([12] * 30 + [12.3456789] * 10, 0),
    ],
)
def test_the_last_digit_is_the_one_that_nearly_all_figures_share(figures, half):
    assert half_step(np.array(figures, dtype=float)) == half
