"""What holds for every view of the project."""


def test_rows_come_in_the_order_of_what_makes_them(project):
    """People see a view first without an order of their own; without one here it would be that of a join."""
    for view in project.views.values():
        assert view.sql.rstrip().endswith(f"\norder by {', '.join(view.contract.grain)}"), view.name
