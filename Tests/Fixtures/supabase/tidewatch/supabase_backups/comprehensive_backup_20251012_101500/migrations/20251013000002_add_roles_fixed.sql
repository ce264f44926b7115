-- add roles fixed
SELECT 'add_roles_fixed; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251013000002';
