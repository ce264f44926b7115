-- triggers
SELECT 'triggers; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251013000004';
