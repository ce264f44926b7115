-- create moorings
SELECT 'create_moorings; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090200';
