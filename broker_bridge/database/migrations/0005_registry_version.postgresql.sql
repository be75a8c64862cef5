-- One number that is another one after any change of what the bridge keeps in memory: devices, surveys, dated ranges.

CREATE TABLE registry_version (version BIGINT NOT NULL);

INSERT INTO registry_version VALUES (1);

CREATE FUNCTION bump_registry_version() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE registry_version SET version = version + 1; RETURN NULL; END $$;

CREATE TRIGGER units_version AFTER INSERT OR UPDATE OR DELETE ON units FOR EACH STATEMENT EXECUTE FUNCTION bump_registry_version();
CREATE TRIGGER service_point_units_version AFTER INSERT OR UPDATE OR DELETE ON service_point_units FOR EACH STATEMENT EXECUTE FUNCTION bump_registry_version();
CREATE TRIGGER service_class_links_version AFTER INSERT OR UPDATE OR DELETE ON service_class_links FOR EACH STATEMENT EXECUTE FUNCTION bump_registry_version();
CREATE TRIGGER devices_version AFTER INSERT OR UPDATE OR DELETE ON devices FOR EACH STATEMENT EXECUTE FUNCTION bump_registry_version();
CREATE TRIGGER placements_version AFTER INSERT OR UPDATE OR DELETE ON placements FOR EACH STATEMENT EXECUTE FUNCTION bump_registry_version();
CREATE TRIGGER surveys_version AFTER INSERT OR UPDATE OR DELETE ON surveys FOR EACH STATEMENT EXECUTE FUNCTION bump_registry_version();
