"""Each layer of `sql/` reads what lies below it, and a publisher's facts that publisher's staging only."""

from pipelines.models.trees import table_names

# Facts of every publisher's observations, and those that compare publishers.
OF_EVERY_PUBLISHER = {
    "fct_observation",
    "fct_superseded_observation",
    "fct_publisher_figure",
    "fct_publisher_difference",
    "fct_publisher_warning",
}
OF_ANOTHER_PUBLISHER = {"fct_long_history": "stg_sipri_", "fct_worldbank_gdp": "stg_worldbank_"}


def _raw(names) -> set[str]:
    return {name for name in names if name.startswith(("seed_", "source_"))}


def test_only_staging_and_dimensions_read_seeds_and_sources(project):
    readers = {model.name for model in project.models.values() if _raw(model.depends_on)}
    assert readers and all(project.models[name].layer in ("staging", "dimensions") for name in readers), readers
    assert {view.name for view in project.views.values() if _raw(view.depends_on)} == set()
    assert {audit.name for audit in project.audits.values() if _raw(table_names(audit.sql))} == set()


def test_a_fact_of_nato_reads_nato_alone(project):
    facts = {name for name, model in project.models.items() if model.layer == "facts"} - OF_EVERY_PUBLISHER
    assert "fct_growth" in facts
    for name in facts:
        own = OF_ANOTHER_PUBLISHER.get(name, "stg_nato_")
        others = [n for n in project.models[name].depends_on if not n.startswith((own, "dim_", "fct_"))]
        assert others == [], name


def test_no_fact_of_nato_rests_on_another_publisher(project):
    """Whatever lies above a table that holds other publishers' figures is one that says so."""
    apart = OF_EVERY_PUBLISHER | OF_ANOTHER_PUBLISHER.keys()
    for name, model in project.models.items():
        if model.layer == "facts" and name not in apart:
            assert not apart - {"fct_observation"} & set(model.depends_on), name


def test_sums_of_nato_take_in_no_table_that_other_publishers_lengthen(project):
    """A join with more rows adds in another order: last digits of NATO's sums must not hang on other publishers."""
    for name in ("stg_nato_group_year", "stg_nato_relation"):
        assert not {"seed_entity", "stg_observation", "source_observation"} & set(project.models[name].depends_on), name


def test_staging_of_a_publisher_lies_in_its_folder(project, settings):
    for model in project.models.values():
        if model.name.startswith("stg_nato_"):
            assert model.path.parent == settings.sql / "staging" / "nato"
