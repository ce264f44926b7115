-- create user profiles
SELECT 'create_user_profiles; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010091300';
