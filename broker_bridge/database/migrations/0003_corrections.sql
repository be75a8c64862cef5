-- Who corrected what, when and why, and how many responses it moved. Rows are only ever added.

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    what TEXT NOT NULL,                -- placement, service_class_link, service_point_unit, time_zone, crosswalk
    detail TEXT NOT NULL,              -- JSON: what was written
    responses BIGINT NOT NULL          -- responses that are attached to something else since
);

-- How the classes of one list go over into those of another. Of one old class either whole units and points go to a
-- new class by rule, or the rest is split by shares, which add up to a million.

CREATE TABLE crosswalk (
    id INTEGER PRIMARY KEY,
    old_scheme TEXT NOT NULL,
    old_code TEXT NOT NULL,
    new_scheme TEXT NOT NULL,
    new_code TEXT NOT NULL,
    share_ppm BIGINT,                  -- parts per million, NULL for a rule
    unit TEXT,                         -- rule: responses of this unit
    service_point TEXT,                -- rule: responses of this point
    FOREIGN KEY (old_scheme, old_code) REFERENCES service_classes (scheme, code),
    FOREIGN KEY (new_scheme, new_code) REFERENCES service_classes (scheme, code)
);

CREATE INDEX crosswalk_of_old ON crosswalk (old_scheme, old_code);

-- When a device was running: from the start of a boot to the last second of it that anything vouches for.

CREATE TABLE boots (
    device_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    boot BIGINT NOT NULL,
    booted_ms BIGINT NOT NULL,         -- the earliest that any message allows
    seen_uptime_s BIGINT NOT NULL,     -- the highest uptime heard of
    PRIMARY KEY (device_id, epoch, boot)
);

-- Numbers at or below a journal's contiguous seq that never came and that the device no longer holds.

CREATE TABLE final_gaps (
    device_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    PRIMARY KEY (device_id, epoch, first_seq)
);

CREATE INDEX responses_not_understood ON responses (device_id, epoch, kind) WHERE kind IN ('lost', 'rejected');
