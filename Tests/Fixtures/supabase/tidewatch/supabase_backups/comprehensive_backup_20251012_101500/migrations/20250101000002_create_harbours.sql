-- create harbours
SELECT 'create_harbours; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20250101000002';
