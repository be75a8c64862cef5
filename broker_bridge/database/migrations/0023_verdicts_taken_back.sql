-- Verdicts are reckoned from the responses by rules with versions; only what people say against them has to be kept.

CREATE TABLE verdicts_taken_back (
    response_id BIGINT NOT NULL,
    rule TEXT NOT NULL,
    taken_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (response_id, rule)
);
