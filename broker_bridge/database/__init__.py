"""The tables: connection, schema, migrations and the rules by which rows come to be."""
