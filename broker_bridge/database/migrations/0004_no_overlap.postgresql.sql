-- Ranges of one owner never overlap, whoever writes them. The registry refuses them first, and says which is in the way.
-- An exclusion constraint would need an extension that not every server has. The lock lets one writer after the other
-- check, so that two that do not see each other cannot both pass.

CREATE FUNCTION refuse_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    overlapping BOOLEAN; BEGIN
    PERFORM 1 FROM registry_version FOR UPDATE; EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM %1$I WHERE %2$I = ($1).%2$I AND id <> ($1).id
            AND (valid_to_ms IS NULL OR valid_to_ms > ($1).valid_from_ms)
            AND (($1).valid_to_ms IS NULL OR valid_from_ms < ($1).valid_to_ms))', TG_TABLE_NAME, TG_ARGV[0]
    ) INTO overlapping USING NEW; IF overlapping THEN
        RAISE EXCEPTION 'ranges of one % overlap in %', TG_ARGV[0], TG_TABLE_NAME; END IF; RETURN NULL; END $$;

CREATE TRIGGER placements_overlap AFTER INSERT OR UPDATE ON placements
    FOR EACH ROW EXECUTE FUNCTION refuse_overlap('device_id');
CREATE TRIGGER service_point_units_overlap AFTER INSERT OR UPDATE ON service_point_units
    FOR EACH ROW EXECUTE FUNCTION refuse_overlap('service_point');
CREATE TRIGGER units_links_overlap AFTER INSERT OR UPDATE ON service_class_links
    FOR EACH ROW EXECUTE FUNCTION refuse_overlap('unit');
CREATE TRIGGER points_links_overlap AFTER INSERT OR UPDATE ON service_class_links
    FOR EACH ROW EXECUTE FUNCTION refuse_overlap('service_point');
