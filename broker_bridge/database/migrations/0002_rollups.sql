-- Rollups: how often what was answered, kept by the transaction that stores, corrects, undoes or redates responses.
-- They hold counts alone, so a figure that is made of them is exact.

CREATE TABLE rollup_places (
    id INTEGER PRIMARY KEY,
    service_point TEXT NOT NULL,       -- what a response is attached to; '' for nothing
    unit TEXT NOT NULL,
    scheme TEXT NOT NULL,
    service_class TEXT NOT NULL,
    UNIQUE (service_point, unit, scheme, service_class)
);

CREATE TABLE rollup_questions (
    id INTEGER PRIMARY KEY,
    survey TEXT NOT NULL,              -- name@version
    question TEXT NOT NULL,            -- '' counts the visitors of the survey, whatever they answered
    option TEXT NOT NULL,              -- of a choice: how many chose it; '' counts those who answered the question
    UNIQUE (survey, question, option)
);

-- The columns that count are the same in all three. `n` counts visitors that reports count: neither flagged nor undone.
-- v0 to v10 are those of them who gave that value, 0 for questions without values. `bounded` are those of n whose
-- time is known only between bounds. `flagged` and `undone` are left out of n; what is both is undone.
-- Day, month, weekday (0 is Monday) and hour are those of the unit's time zone; without a unit, of Europe/Helsinki.

CREATE TABLE rollup_days (
    place BIGINT NOT NULL REFERENCES rollup_places (id),
    question BIGINT NOT NULL REFERENCES rollup_questions (id),
    day INTEGER NOT NULL,              -- 20261122
    n BIGINT NOT NULL,
    bounded BIGINT NOT NULL,
    flagged BIGINT NOT NULL,
    undone BIGINT NOT NULL,
    v0 BIGINT NOT NULL,
    v1 BIGINT NOT NULL,
    v2 BIGINT NOT NULL,
    v3 BIGINT NOT NULL,
    v4 BIGINT NOT NULL,
    v5 BIGINT NOT NULL,
    v6 BIGINT NOT NULL,
    v7 BIGINT NOT NULL,
    v8 BIGINT NOT NULL,
    v9 BIGINT NOT NULL,
    v10 BIGINT NOT NULL,
    PRIMARY KEY (place, question, day)
) WITHOUT ROWID;

CREATE TABLE rollup_months (
    place BIGINT NOT NULL REFERENCES rollup_places (id),
    question BIGINT NOT NULL REFERENCES rollup_questions (id),
    month INTEGER NOT NULL,            -- 202611
    language TEXT NOT NULL,            -- '' for none
    channel TEXT NOT NULL,
    n BIGINT NOT NULL,
    bounded BIGINT NOT NULL,
    flagged BIGINT NOT NULL,
    undone BIGINT NOT NULL,
    v0 BIGINT NOT NULL,
    v1 BIGINT NOT NULL,
    v2 BIGINT NOT NULL,
    v3 BIGINT NOT NULL,
    v4 BIGINT NOT NULL,
    v5 BIGINT NOT NULL,
    v6 BIGINT NOT NULL,
    v7 BIGINT NOT NULL,
    v8 BIGINT NOT NULL,
    v9 BIGINT NOT NULL,
    v10 BIGINT NOT NULL,
    PRIMARY KEY (place, question, month, language, channel)
) WITHOUT ROWID;

-- Only questions by themselves: neither visitors of a survey (question '') nor single options.
CREATE TABLE rollup_hours (
    place BIGINT NOT NULL REFERENCES rollup_places (id),
    question BIGINT NOT NULL REFERENCES rollup_questions (id),
    month INTEGER NOT NULL,
    weekday INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    n BIGINT NOT NULL,
    bounded BIGINT NOT NULL,
    flagged BIGINT NOT NULL,
    undone BIGINT NOT NULL,
    v0 BIGINT NOT NULL,
    v1 BIGINT NOT NULL,
    v2 BIGINT NOT NULL,
    v3 BIGINT NOT NULL,
    v4 BIGINT NOT NULL,
    v5 BIGINT NOT NULL,
    v6 BIGINT NOT NULL,
    v7 BIGINT NOT NULL,
    v8 BIGINT NOT NULL,
    v9 BIGINT NOT NULL,
    v10 BIGINT NOT NULL,
    PRIMARY KEY (place, question, month, weekday, hour)
) WITHOUT ROWID;
