"""The bridge between the MQTT broker and the database: it stores every response once, and only then says so."""
