-- create system settings
SELECT 'create_system_settings; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010091600';
