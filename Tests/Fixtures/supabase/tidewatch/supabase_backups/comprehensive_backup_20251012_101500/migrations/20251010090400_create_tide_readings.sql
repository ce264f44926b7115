-- create tide readings
SELECT 'create_tide_readings; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090400';
