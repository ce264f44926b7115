-- create berths
SELECT 'create_berths; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20250101000003';
