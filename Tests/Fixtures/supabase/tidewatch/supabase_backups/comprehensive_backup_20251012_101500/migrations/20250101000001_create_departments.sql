-- create departments
SELECT 'create_departments; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20250101000001';
