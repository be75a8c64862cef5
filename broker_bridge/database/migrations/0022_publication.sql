-- What was decided for those outside a unit's own staff. Rows are added and never changed: a cell that was shown or hidden
-- stays so, at the counts that its month had when it was closed.

CREATE TABLE published_questions (
    question TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    threshold INTEGER NOT NULL
);

-- The grid: each unit with the place that it belongs to, as it was when the unit was first published; and the languages.
CREATE TABLE published_places (
    question TEXT NOT NULL REFERENCES published_questions (question),
    place TEXT NOT NULL,
    parent TEXT NOT NULL,
    PRIMARY KEY (question, place)
);

CREATE TABLE published_parts (
    question TEXT NOT NULL REFERENCES published_questions (question),
    part TEXT NOT NULL,
    PRIMARY KEY (question, part)
);

CREATE TABLE published_counts (
    question TEXT NOT NULL REFERENCES published_questions (question),
    place TEXT NOT NULL,
    month TEXT NOT NULL,
    part TEXT NOT NULL,
    counts TEXT NOT NULL,              -- JSON: how often each value was given, the lowest first
    PRIMARY KEY (question, place, month, part)
);

CREATE TABLE published_cells (
    question TEXT NOT NULL REFERENCES published_questions (question),
    place TEXT NOT NULL,
    bucket TEXT NOT NULL,
    part TEXT NOT NULL,
    shown INTEGER NOT NULL,
    PRIMARY KEY (question, place, bucket, part)
);
