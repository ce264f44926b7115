-- create invoice lines
SELECT 'create_invoice_lines; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010091200';
