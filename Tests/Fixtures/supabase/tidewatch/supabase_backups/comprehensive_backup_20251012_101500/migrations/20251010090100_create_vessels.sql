-- create vessels
SELECT 'create_vessels; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090100';
