-- create alerts
SELECT 'create_alerts; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090800';
