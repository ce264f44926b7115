-- create user roles
SELECT 'create_user_roles; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010091400';
