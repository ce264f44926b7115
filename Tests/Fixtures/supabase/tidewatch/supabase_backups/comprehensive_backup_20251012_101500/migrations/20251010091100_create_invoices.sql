-- create invoices
SELECT 'create_invoices; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010091100';
