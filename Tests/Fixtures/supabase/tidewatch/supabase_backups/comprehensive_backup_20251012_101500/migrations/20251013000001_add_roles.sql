-- add roles
SELECT 'add_roles; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251013000001';
