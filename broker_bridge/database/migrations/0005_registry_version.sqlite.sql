-- One number that is another one after any change of what the bridge keeps in memory: devices, surveys, dated ranges.

CREATE TABLE registry_version (version BIGINT NOT NULL);

INSERT INTO registry_version VALUES (1);

CREATE TRIGGER units_insert_version AFTER INSERT ON units BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER units_update_version AFTER UPDATE ON units BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER units_delete_version AFTER DELETE ON units BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER service_point_units_insert_version AFTER INSERT ON service_point_units BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER service_point_units_update_version AFTER UPDATE ON service_point_units BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER service_point_units_delete_version AFTER DELETE ON service_point_units BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER service_class_links_insert_version AFTER INSERT ON service_class_links BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER service_class_links_update_version AFTER UPDATE ON service_class_links BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER service_class_links_delete_version AFTER DELETE ON service_class_links BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER devices_insert_version AFTER INSERT ON devices BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER devices_update_version AFTER UPDATE ON devices BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER devices_delete_version AFTER DELETE ON devices BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER placements_insert_version AFTER INSERT ON placements BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER placements_update_version AFTER UPDATE ON placements BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER placements_delete_version AFTER DELETE ON placements BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER surveys_insert_version AFTER INSERT ON surveys BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER surveys_update_version AFTER UPDATE ON surveys BEGIN UPDATE registry_version SET version = version + 1; END;
CREATE TRIGGER surveys_delete_version AFTER DELETE ON surveys BEGIN UPDATE registry_version SET version = version + 1; END;
