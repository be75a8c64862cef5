"""Service points from tables."""

import pytest

from broker_bridge.database.invalid import Conflict, Unknown
from broker_bridge.database.point_files import import_service_points
from broker_bridge.database.unit_files import import_units

UNITS = "code;name_fi;name_sv;name_en;time_zone\nsalla;Sallan neuvola;;;Europe/Helsinki\nkemi;Kemin asema;Kemi;;\n"
POINTS = "code,unit,name_fi\nsalla-aula,salla,Aula\nkemi-aula,kemi,Aula\n"


def test_service_points_are_imported_into_their_units(connection):
    import_units(connection, UNITS.encode())

    assert import_service_points(connection, POINTS.encode()) == {"imported": 2, "new": 2, "changed": 0}
    assert import_service_points(connection, POINTS.encode()) == {"imported": 2, "new": 0, "changed": 0}

    rows = connection.execute("SELECT unit FROM service_point_units WHERE service_point = 'kemi-aula'").fetchall()
    assert [tuple(row) for row in rows] == [("kemi",)]


@pytest.mark.parametrize(
    ("row", "kind", "where"),
    [
        ("x,nowhere,Aula", Unknown, "row 2, column unit"),
        ("aula,salla,Aula", Conflict, "row 2, column unit"),
    ],
)
def test_a_bad_service_point_is_named_and_none_is_imported(connection, row, kind, where):
    import_units(connection, UNITS.encode())

    with pytest.raises(kind) as invalid:
        import_service_points(connection, f"code,unit,name_fi\n{row}\n".encode())

    assert invalid.value.where == where
    assert connection.execute("SELECT count(*) FROM service_points").fetchone()[0] == 1
