-- What a figure is to reach, and how many people were asked.

CREATE TABLE targets (
    year INTEGER NOT NULL,
    question TEXT NOT NULL,
    figure TEXT NOT NULL,              -- nps, index, mean, share
    unit TEXT NOT NULL,                -- empty for all units together
    value DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (year, question, figure, unit)
);

CREATE TABLE people_asked (
    month INTEGER NOT NULL,            -- 202611
    unit TEXT NOT NULL REFERENCES units (code),
    scheme TEXT NOT NULL,              -- empty, as the next two, where that is not told apart
    service_class TEXT NOT NULL,
    channel TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (month, unit, scheme, service_class, channel)
);
