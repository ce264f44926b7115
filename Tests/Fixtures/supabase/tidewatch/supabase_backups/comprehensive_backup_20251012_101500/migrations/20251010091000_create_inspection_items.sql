-- create inspection items
SELECT 'create_inspection_items; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010091000';
