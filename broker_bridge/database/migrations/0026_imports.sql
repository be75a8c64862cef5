-- What older systems had collected, and whose responses are of an import: each import has a device and journal of its
-- own for each service point, so that what is stored and attached has one rule, and can be told from what Hymio heard.

CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    imported_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    system TEXT NOT NULL,              -- what people call the older system
    survey TEXT NOT NULL REFERENCES surveys (survey),
    question TEXT NOT NULL,
    file TEXT NOT NULL,                -- its name
    mapping TEXT NOT NULL,             -- JSON
    hash TEXT NOT NULL,                -- sha256 of file and mapping
    n BIGINT NOT NULL,                 -- visitors
    undone_ms BIGINT                   -- NULL while it counts
);

CREATE UNIQUE INDEX imports_that_count ON imports (hash) WHERE undone_ms IS NULL;

CREATE TABLE imported_devices (
    device_id TEXT PRIMARY KEY REFERENCES devices (device_id),
    import_id BIGINT NOT NULL REFERENCES imports (id),
    service_point TEXT NOT NULL REFERENCES service_points (code),
    n BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL              -- half-open: the next import may begin there
);

CREATE INDEX imported_at_point ON imported_devices (service_point, from_ms);
