-- What bounds a response without a known time: the dated ones before and after it in its journal.

CREATE INDEX responses_dated ON responses (device_id, epoch, seq) WHERE time_quality IN ('clock', 'reconstructed');
CREATE INDEX responses_bounded ON responses (device_id, epoch, seq) WHERE time_quality = 'bounded';
