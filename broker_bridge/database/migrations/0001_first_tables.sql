-- Times are UTC milliseconds since 1970 and end in _ms; ranges are half-open, an open end is NULL.

-- The registry: who provides, where a device stands, what a service is called.

CREATE TABLE units (
    code TEXT PRIMARY KEY,
    names TEXT NOT NULL,               -- JSON: language -> name
    time_zone TEXT NOT NULL            -- IANA name
);

CREATE TABLE service_points (
    code TEXT PRIMARY KEY,
    names TEXT NOT NULL
);

CREATE TABLE service_point_units (
    id INTEGER PRIMARY KEY,
    service_point TEXT NOT NULL REFERENCES service_points (code),
    unit TEXT NOT NULL REFERENCES units (code),
    valid_from_ms BIGINT NOT NULL,
    valid_to_ms BIGINT CHECK (valid_to_ms > valid_from_ms)
);

CREATE TABLE service_classes (
    scheme TEXT NOT NULL,
    code TEXT NOT NULL,
    names TEXT NOT NULL,
    level TEXT NOT NULL,               -- exact, or coarse: for purchased services only
    parent TEXT,
    valid_from TEXT,                   -- local dates in the scheme's list; half-open, as all ranges
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (scheme, code)
);

CREATE TABLE service_class_links (
    id INTEGER PRIMARY KEY,
    unit TEXT REFERENCES units (code),
    service_point TEXT REFERENCES service_points (code),
    scheme TEXT NOT NULL,
    code TEXT NOT NULL,
    valid_from_ms BIGINT NOT NULL,
    valid_to_ms BIGINT CHECK (valid_to_ms > valid_from_ms),
    FOREIGN KEY (scheme, code) REFERENCES service_classes (scheme, code),
    CHECK ((unit IS NULL) <> (service_point IS NULL))
);

CREATE TABLE surveys (
    survey TEXT PRIMARY KEY,           -- name@version
    definition TEXT NOT NULL           -- JSON, as a device is told it
);

CREATE TABLE questions (
    survey TEXT NOT NULL REFERENCES surveys (survey),
    question TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (survey, question)
);

CREATE TABLE devices (
    device_id TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    channel TEXT NOT NULL,
    status TEXT NOT NULL,              -- registered, revoked
    survey TEXT REFERENCES surveys (survey),
    languages TEXT NOT NULL,           -- JSON list
    registered_ms BIGINT NOT NULL
);

CREATE TABLE placements (
    id INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices (device_id),
    service_point TEXT NOT NULL REFERENCES service_points (code),
    valid_from_ms BIGINT NOT NULL,
    valid_to_ms BIGINT CHECK (valid_to_ms > valid_from_ms)
);

CREATE INDEX placements_of_device ON placements (device_id, valid_from_ms);
CREATE INDEX units_of_service_point ON service_point_units (service_point, valid_from_ms);
CREATE INDEX links_of_unit ON service_class_links (unit, valid_from_ms);
CREATE INDEX links_of_service_point ON service_class_links (service_point, valid_from_ms);

-- What devices said. One row of `responses` for each identity (device_id, epoch, seq) that was ever accounted for.

CREATE TABLE journals (
    device_id TEXT NOT NULL REFERENCES devices (device_id),
    epoch TEXT NOT NULL,
    contiguous_seq BIGINT NOT NULL,    -- everything up to here is accounted for: what an ack says
    highest_seq BIGINT NOT NULL,       -- of the records that are stored; 0 for none, so what is above it is new
    oldest_seq BIGINT,                 -- by the last hello; what is below and missing will never come
    next_seq BIGINT NOT NULL,          -- one above the highest number heard of
    duplicates BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    hello TEXT,                        -- JSON, the last one
    bye TEXT,                          -- reason of the last goodbye, NULL while connected
    heard_ms BIGINT NOT NULL,
    PRIMARY KEY (device_id, epoch)
);

CREATE TABLE anchors (
    device_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    boot BIGINT NOT NULL,
    uptime_s BIGINT NOT NULL,          -- when in the boot the clock was read
    booted_ms BIGINT NOT NULL,         -- the clock then, less the uptime
    PRIMARY KEY (device_id, epoch, boot)
);

CREATE TABLE responses (
    id INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,                -- sha256 of the canonical content
    kind TEXT NOT NULL,                -- response, undo, lost, counters, rejected
    reason TEXT,                       -- of lost and rejected
    content TEXT,                      -- JSON as it came, of rejected
    boot BIGINT,
    uptime_s BIGINT,
    device_at BIGINT,                  -- `at` as the device gave it, Unix seconds
    at_ms BIGINT,
    earliest_ms BIGINT,
    latest_ms BIGINT,
    time_quality TEXT,                 -- clock, reconstructed, bounded
    received_ms BIGINT NOT NULL,
    survey TEXT,
    language TEXT,
    channel TEXT NOT NULL,
    flags TEXT NOT NULL,               -- comma-separated, empty for none
    undoes BIGINT,
    undone INTEGER NOT NULL,           -- 1 when an undo record names it
    n BIGINT NOT NULL,                 -- visitors: 1, or the sum of a counters record
    service_point TEXT,
    unit TEXT,
    scheme TEXT,
    service_class TEXT,
    UNIQUE (device_id, epoch, seq)
);

CREATE INDEX responses_at ON responses (at_ms);
CREATE INDEX responses_without_clock ON responses (device_id, epoch, boot) WHERE time_quality <> 'clock';
CREATE INDEX responses_bounded ON responses (device_id, epoch, seq) WHERE time_quality = 'bounded';
CREATE INDEX responses_undoing ON responses (device_id, epoch, undoes) WHERE undoes IS NOT NULL;
CREATE INDEX responses_without_meaning ON responses (survey) WHERE kind = 'rejected';

CREATE TABLE answers (
    response_id BIGINT NOT NULL,       -- without a foreign key: written with its response and never by itself
    position INTEGER NOT NULL,
    question TEXT NOT NULL,
    value BIGINT,                      -- of ordinal and 0-10 questions
    option TEXT,                       -- one row for each chosen option
    text TEXT,
    n BIGINT NOT NULL,                 -- visitors who gave this answer
    PRIMARY KEY (response_id, position)
) WITHOUT ROWID;

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    content TEXT NOT NULL,
    received_ms BIGINT NOT NULL,
    UNIQUE (device_id, epoch, seq, hash)
);

CREATE TABLE rejected_messages (
    id INTEGER PRIMARY KEY,
    device_id TEXT,                    -- by the topic; NULL when it names none
    epoch TEXT,                        -- where one could be read
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    reason TEXT NOT NULL,
    received_ms BIGINT NOT NULL
);

CREATE INDEX rejected_messages_of_device ON rejected_messages (device_id, id);

CREATE TABLE alarms (
    device_id TEXT NOT NULL,
    kind TEXT NOT NULL,                -- conflict, refused, unknown_device
    reason TEXT NOT NULL,
    times BIGINT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    PRIMARY KEY (device_id, kind)
);
