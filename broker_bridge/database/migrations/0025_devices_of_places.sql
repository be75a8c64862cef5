-- A report about a unit looks up which devices ever stood there; without these it reads every placement there is.

CREATE INDEX placements_at_service_point ON placements (service_point);
CREATE INDEX service_points_of_unit ON service_point_units (unit);
