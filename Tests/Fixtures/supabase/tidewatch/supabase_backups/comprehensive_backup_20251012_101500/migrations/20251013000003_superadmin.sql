-- superadmin
SELECT 'superadmin; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251013000003';
