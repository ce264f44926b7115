-- create sensors
SELECT 'create_sensors; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090300';
