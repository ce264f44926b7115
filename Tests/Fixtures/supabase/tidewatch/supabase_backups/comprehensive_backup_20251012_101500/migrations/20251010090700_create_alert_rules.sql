-- create alert rules
SELECT 'create_alert_rules; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090700';
