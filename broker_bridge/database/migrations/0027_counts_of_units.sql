-- A report about a unit looks up where it counts its answers; without this it reads every place that ever counted one.

CREATE INDEX rollup_places_of_unit ON rollup_places (unit);
