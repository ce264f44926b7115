-- create inspections
SELECT 'create_inspections; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090900';
