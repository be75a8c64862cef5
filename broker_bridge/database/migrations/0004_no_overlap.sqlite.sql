-- Ranges of one owner never overlap, whoever writes them. The registry refuses them first, and says which is in the way.

CREATE TRIGGER placements_inserted AFTER INSERT ON placements WHEN EXISTS (
    SELECT 1 FROM placements WHERE device_id = NEW.device_id AND id <> NEW.id
       AND (valid_to_ms IS NULL OR valid_to_ms > NEW.valid_from_ms)
       AND (NEW.valid_to_ms IS NULL OR valid_from_ms < NEW.valid_to_ms))
BEGIN SELECT RAISE(ABORT, 'ranges of one device_id overlap in placements'); END;

CREATE TRIGGER placements_updated AFTER UPDATE ON placements WHEN EXISTS (
    SELECT 1 FROM placements WHERE device_id = NEW.device_id AND id <> NEW.id
       AND (valid_to_ms IS NULL OR valid_to_ms > NEW.valid_from_ms)
       AND (NEW.valid_to_ms IS NULL OR valid_from_ms < NEW.valid_to_ms))
BEGIN SELECT RAISE(ABORT, 'ranges of one device_id overlap in placements'); END;

CREATE TRIGGER service_point_units_inserted AFTER INSERT ON service_point_units WHEN EXISTS (
    SELECT 1 FROM service_point_units WHERE service_point = NEW.service_point AND id <> NEW.id
       AND (valid_to_ms IS NULL OR valid_to_ms > NEW.valid_from_ms)
       AND (NEW.valid_to_ms IS NULL OR valid_from_ms < NEW.valid_to_ms))
BEGIN SELECT RAISE(ABORT, 'ranges of one service_point overlap in service_point_units'); END;

CREATE TRIGGER service_point_units_updated AFTER UPDATE ON service_point_units WHEN EXISTS (
    SELECT 1 FROM service_point_units WHERE service_point = NEW.service_point AND id <> NEW.id
       AND (valid_to_ms IS NULL OR valid_to_ms > NEW.valid_from_ms)
       AND (NEW.valid_to_ms IS NULL OR valid_from_ms < NEW.valid_to_ms))
BEGIN SELECT RAISE(ABORT, 'ranges of one service_point overlap in service_point_units'); END;

CREATE TRIGGER service_class_links_inserted AFTER INSERT ON service_class_links WHEN EXISTS (
    SELECT 1 FROM service_class_links WHERE (unit = NEW.unit OR service_point = NEW.service_point) AND id <> NEW.id
       AND (valid_to_ms IS NULL OR valid_to_ms > NEW.valid_from_ms)
       AND (NEW.valid_to_ms IS NULL OR valid_from_ms < NEW.valid_to_ms))
BEGIN SELECT RAISE(ABORT, 'ranges of one unit or service_point overlap in service_class_links'); END;

CREATE TRIGGER service_class_links_updated AFTER UPDATE ON service_class_links WHEN EXISTS (
    SELECT 1 FROM service_class_links WHERE (unit = NEW.unit OR service_point = NEW.service_point) AND id <> NEW.id
       AND (valid_to_ms IS NULL OR valid_to_ms > NEW.valid_from_ms)
       AND (NEW.valid_to_ms IS NULL OR valid_from_ms < NEW.valid_to_ms))
BEGIN SELECT RAISE(ABORT, 'ranges of one unit or service_point overlap in service_class_links'); END;
