"""Units from tables and from the national register: all rows or none, their tree in whatever order it comes."""

from datetime import date

import pytest

from broker_bridge.database.invalid import Conflict, Invalid, Unknown
from broker_bridge.database.unit_files import import_units

UNITS = "code;name_fi;name_sv;name_en;time_zone\nsalla;Sallan neuvola;;;Europe/Helsinki\nkemi;Kemin asema;Kemi;;\n"
OID = "1.2.246.10.99999990.10"
TODAY = date(2026, 11, 22)


def entry(number, name, parent="", expires="2100-12-31T23:59:59", sv=""):
    swedish = f'<attribute type="longname" datatype="ST" language="sv">{sv}</attribute>' if sv else ""
    return f"""<termitementry id="{OID}.{number}" language="fi" expirationdate="{expires}">
        <attribute type="longname" datatype="ST" language="fi">{name}</attribute>{swedish}
        <attribute type="hierarchylevel" datatype="ST">1</attribute>
        <attribute type="parentid" datatype="ST" language="fi">{parent}</attribute>
        <attribute type="Y-Tunnus" datatype="ST">9999999-0</attribute></termitementry>"""


def register(*entries):
    head = '<arb:result xmlns:arb="urn::codeservice"><arb:document><body><termsystem id="1.2.246.537.6.202.2008">'
    return f"{head}{''.join(entries)}</termsystem></body></arb:document></arb:result>".encode()


def stored(connection):
    return {row["code"]: dict(row) for row in connection.execute("SELECT * FROM units")}


def test_units_are_imported_and_then_brought_up_to_date(connection):
    assert import_units(connection, UNITS.encode()) == {"imported": 2, "new": 2, "changed": 0, "left_out": 0}
    assert import_units(connection, UNITS.replace("Kemin", "Kemin uusi").encode()) == {
        "imported": 2, "new": 0, "changed": 1, "left_out": 0
    }  # fmt: skip

    row = connection.execute("SELECT names, time_zone FROM units WHERE code = 'kemi'").fetchone()
    assert tuple(row) == ('{"fi": "Kemin uusi asema", "sv": "Kemi"}', "Europe/Helsinki")


@pytest.mark.parametrize(
    ("content", "kind", "where"),
    [
        (UNITS.replace("Europe/Helsinki", "Kemi"), Invalid, "row 2, column time_zone"),
        (UNITS.replace("Kemin asema", ""), Invalid, "row 3, column name"),
        (UNITS.replace("kemi;", "salla;"), Invalid, "row 3, column code"),
    ],
)
def test_a_bad_unit_is_named_and_none_is_imported(connection, content, kind, where):
    content = content.replace(";Kemi;", ";;") if where.endswith("name") else content

    with pytest.raises(kind) as invalid:
        import_units(connection, content.encode())

    assert invalid.value.where == where
    assert connection.execute("SELECT count(*) FROM units").fetchone()[0] == 1


def test_units_of_the_register_are_imported_with_their_tree(connection):
    content = register(entry(2, "Neuvola", f"{OID}.1", sv="Rådgivning"), entry(1, "Hyvinvointialue"))

    done = import_units(connection, content, TODAY)

    assert done == {"imported": 2, "new": 2, "changed": 0, "left_out": 0}
    unit = stored(connection)[f"{OID}.2"]
    assert (unit["oid"], unit["provider"], unit["parent"]) == (f"{OID}.2", "9999999-0", f"{OID}.1")
    assert unit["names"] == '{"fi": "Neuvola", "sv": "Rådgivning"}'


def test_a_unit_that_the_organisation_named_itself_keeps_its_code(connection):
    import_units(connection, f"code,name_fi,oid\nsalla,Salla,{OID}.2\n".encode())

    done = import_units(connection, register(entry(1, "Alue"), entry(2, "Sallan neuvola", f"{OID}.1")), TODAY)

    assert done == {"imported": 2, "new": 1, "changed": 1, "left_out": 0}
    assert stored(connection)["salla"]["names"] == '{"fi": "Sallan neuvola"}'
    assert stored(connection)["salla"]["parent"] == f"{OID}.1"


def test_units_that_have_expired_are_left_out(connection):
    content = register(entry(1, "Alue"), entry(2, "Entinen", expires="2026-11-22T00:00:00"))

    assert import_units(connection, content, TODAY)["left_out"] == 1
    assert f"{OID}.2" not in stored(connection)


def test_the_registers_table_is_read_and_columns_that_it_lacks_stay(connection):
    import_units(connection, f"code,name_fi,oid,provider\nsalla,Salla,{OID}.2,1234567-8\n".encode())

    import_units(connection, f"CodeId;LongName;ParentId\n{OID}.2;Neuvola;{OID}.1\n{OID}.1;Alue;\n".encode(), TODAY)

    salla = stored(connection)["salla"]
    assert (salla["provider"], salla["parent"]) == ("1234567-8", f"{OID}.1")


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"<arb:result", Invalid, "file"),
        (b"<html></html>", Invalid, "at least one termitementry"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', Invalid, "XML"),
        (register(entry(1, "")), Invalid, "row 2, column name"),
        (register(entry(1, "A"), entry(1, "B")), Invalid, "row 3, column oid"),
        (register(entry(2, "Neuvola", f"{OID}.1")), Unknown, "row 2, column parent_oid"),
        (b"name_fi\nSalla\n", Invalid, "row 2, column code"),
        (b"code,name_fi,oid\nx,X,1.2.3\n", Invalid, "row 2, column oid"),
        (b"code,name_fi,provider\nx,X,12\n", Invalid, "row 2, column provider"),
        (b"code,name_fi,parent\nx,X,y\ny,Y,x\n", Conflict, "row 3, column parent"),
        (b"code,name_fi,parent\nx,X,nowhere\n", Unknown, "row 2, column parent"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_imported(connection, content, kind, said):
    before = stored(connection)

    with pytest.raises(kind, match=said):
        import_units(connection, content, TODAY)

    assert stored(connection) == before
