-- create sensor events
SELECT 'create_sensor_events; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090600';
