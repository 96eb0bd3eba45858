"""Say where each folder goes in a wheel: all of it below `burdenshare`, since others have a `pipelines` or `sql` too.

Modules import each other by relative names, so that they work under either name. All else stands in pyproject.toml.
"""

from setuptools import find_packages, setup

PLACES = {"burdenshare": "pipelines", "burdenshare.sql": "sql", "burdenshare.warehouse.seeds": "warehouse/seeds"}

setup(
    package_dir=PLACES,
    packages=[*PLACES, *(f"burdenshare.{name}" for name in find_packages(PLACES["burdenshare"], exclude=["docs"]))],
    package_data={
        "burdenshare": ["py.typed", "**/*.yml", "**/*.yaml", "report/templates/*.html", "report/assets/*"],
        "burdenshare.sql": ["*.yml", "**/*.sql"],
        "burdenshare.warehouse.seeds": ["*.yml", "**/*.csv"],
    },
)
