-- Journals that were asked, or are to be asked, to send again what a restored database does not have.

CREATE TABLE replays (
    device_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    PRIMARY KEY (device_id, epoch)
);
