-- create role permissions
SELECT 'create_role_permissions; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010091500';
