-- What else is known of units, and when they are open.

-- `oid` is that of the national register of social and health care organisations, `provider` a business id.
ALTER TABLE units ADD COLUMN oid TEXT;
ALTER TABLE units ADD COLUMN provider TEXT;
ALTER TABLE units ADD COLUMN parent TEXT REFERENCES units (code);
CREATE UNIQUE INDEX units_of_oid ON units (oid) WHERE oid IS NOT NULL;

-- The week of a unit, or of one service point that differs from its unit, from a day on until the next such row.
CREATE TABLE opening_weeks (
    unit TEXT REFERENCES units (code),
    service_point TEXT REFERENCES service_points (code),
    valid_from TEXT NOT NULL,          -- local day
    week TEXT NOT NULL,                -- JSON: mon..sun -> list of HH:MM-HH:MM
    CHECK ((unit IS NULL) <> (service_point IS NULL))
);

CREATE UNIQUE INDEX opening_weeks_of_unit ON opening_weeks (unit, valid_from) WHERE unit IS NOT NULL;
CREATE UNIQUE INDEX opening_weeks_of_point ON opening_weeks (service_point, valid_from) WHERE service_point IS NOT NULL;

-- A day that is not like its week.
CREATE TABLE opening_exceptions (
    unit TEXT REFERENCES units (code),
    service_point TEXT REFERENCES service_points (code),
    day TEXT NOT NULL,
    hours TEXT NOT NULL,               -- JSON: list of HH:MM-HH:MM, empty for closed
    note TEXT NOT NULL,
    CHECK ((unit IS NULL) <> (service_point IS NULL))
);

CREATE UNIQUE INDEX opening_exceptions_of_unit ON opening_exceptions (unit, day) WHERE unit IS NOT NULL;
CREATE UNIQUE INDEX opening_exceptions_of_point ON opening_exceptions (service_point, day)
    WHERE service_point IS NOT NULL;
