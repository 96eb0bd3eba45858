"""What sqlglot cannot turn into Spark SQL with equal results is told, and `sql/` has none of it."""

import shutil

import pytest

from pipelines.models.portable import find_in_query, find_unportable
from pipelines.models.project import read_project

SCHEMA = {
    "t": {"k": "INTEGER", "v": "DOUBLE", "s": "VARCHAR", "b": "BOOLEAN", "d": "DATE", "l": "VARCHAR"},
    "u": {"k": "INTEGER", "w": "DOUBLE"},
}
FORBIDDEN = {
    "select k from t union all by name select k from u": "UNION BY NAME",
    "select * from t union all select * from t": "another order",
    "select product(v) from t": "product does not carry over",
    "select round(v, k) from t": "rounds what is printed",
    "select round(v, 2) from t": "rounds what is printed",
    "select format('{:,}', k) from t": "format does not carry over",
    "select list(s order by k) from t": "order by within an aggregate",
    "select first(s order by k) from t": "order by within an aggregate",
    "select list(s) from t": "collect_list",
    "select last(s) from t": "which row",
    "select arg_min(v, k) from t": "no value too",
    "select arg_min(v, k) filter (b) from t": "no value too",
    "select any_value(s) filter (b) from t": "takes no FILTER",
    "select r.x from t cross join lateral (values (t.v)) as r (x)": "no column within VALUES",
    "select * rename (s as z) from t": "neither rename nor replace",
    "select * replace (v + 1 as v) from t": "neither rename nor replace",
    "select distinct on (s) s, k from t": "distinct on",
    "select t.k from t asof join u on t.k >= u.k": "ASOF",
    "select t.k from t positional join u": "POSITIONAL",
    "select k from t using sample 5": "sample",
    "select {'a': k} as s from t": "lists and structs",
    "select v // 2 from t": "DIV",
    "select d + interval 1 year from t": "interval",
    "select k from t qualify row_number() over (order by k) = 1 order by k": "qualify",
    "select row_number() over (partition by s) from t": "without an order",
    "select k as m from t where m > 3": "unknown to WHERE",
    "select count(distinct s), string_agg(s, ' ' order by k) from t": "string_agg in one SELECT",
    "select cast(v as hugeint) from t": "types of columns.yml",
    "select isfinite(v) from t": "isfinite does not carry over",
    "select log(v) from t": "log does not carry over",
    "select list_sum(l) from t": "nobody has measured",
    "select concat(s, v) from t": "within concat",
    "select cast(v as integer) from t": "rounds in DuckDB and cuts in Spark",
    "select d - date '2020-01-01' from t": "difference of two dates",
    "select sum(k) over (order by k rows between 1 preceding and current row exclude current row) from t": "EXCLUDE",
}
ALLOWED = [
    "select k, sum(v) as v from t group by all",
    "select * exclude (s) from t anti join u using (k)",
    "select k, v > 1 as x from t where k in (from u select k)",
    "select round(100 * v) / 100, round(v), cast(round(v) as bigint), cast(ceil(v) as integer) from t",
    "select arg_min(v, k) filter (v is not null), max(s) filter (where k = 1) from t",
    "select concat(s, cast(k as varchar)), concat_ws(' ', s, k), s || k from t",
    "select string_agg(s, ', ' order by k) filter (b), count(*) filter (b is not true) from t",
    "select r.x, t.k from t cross join (values (1, 'a'), (2, 'b')) as r (x, y)",
    "select lag(v) over w, rank() over w from t window w as (partition by s order by k)",
    "select k from t qualify row_number() over (order by k) = 1",
    "select k + 1 as k from t where k > 3",
    "select exp(sum(ln(greatest(v, 1e-300)))), pow(v, 2), year(d) - 1 from t group by v, d",
]


@pytest.mark.parametrize(("sql", "words"), FORBIDDEN.items())
def test_what_does_not_carry_over_is_told(sql, words):
    findings = find_in_query("x.sql", sql, SCHEMA)
    assert any(words in str(finding) for finding in findings), [str(finding) for finding in findings]
    assert all(finding.instead for finding in findings)


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_carries_over_is_let_pass(sql):
    assert [str(finding) for finding in find_in_query("x.sql", sql, SCHEMA)] == []


def test_the_project_carries_over(project, settings):
    assert [str(finding) for finding in find_unportable(project, settings.sql)] == []


def test_a_finding_names_file_and_line(settings, tmp_path):
    sql = shutil.copytree(settings.sql, tmp_path / "sql")
    files = {
        "facts/fct_growth.sql": "100 * (ratio_to_first - 1) as cumulative_real_growth_pct",
        "views/near_target.sql": "abs(round(1e6 * gap_pp) / 1e6) <= round(1e6 * near_band_pp) / 1e6",
        "audits/shares_of_members_add_to_100.sql": "having abs(sum(share_of_total_pct) - 100) > 0.01",
    }
    places = []
    for name, part in files.items():
        text = (sql / name).read_text(encoding="utf-8")
        place = text.index(part)
        changed = part.replace("100 * (", "round(100, 2) * (").replace("abs(", "abs(round(1.5, 1)) + abs(", 1)
        (sql / name).write_text(text[:place] + changed + text[place + len(part) :], encoding="utf-8")
        places.append((name, text[:place].count("\n") + 1))
    found = find_unportable(read_project(sql, settings.seeds), sql)
    assert sorted({(finding.file, finding.line) for finding in found}) == sorted(places)
