-- create vessel owners
SELECT 'create_vessel_owners; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090000';
