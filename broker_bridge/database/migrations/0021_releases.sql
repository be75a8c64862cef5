-- What was released, as the text that went out: it comes back the same whatever happened to the responses since.

CREATE TABLE releases (
    id INTEGER PRIMARY KEY,
    released_ms BIGINT NOT NULL,
    audience TEXT NOT NULL,            -- unit, county, public
    title TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    asked TEXT NOT NULL,               -- JSON: what was asked, to be asked again
    content TEXT NOT NULL,             -- JSON, never parsed again to be shown
    hash TEXT NOT NULL                 -- sha256 of the content in UTF-8
);
