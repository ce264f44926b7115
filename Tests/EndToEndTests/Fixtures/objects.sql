-- What a system that reads databases would have registered.
INSERT INTO objects VALUES
  (1, 0, 'function', 'is_admin', NULL, 'CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS $$ SELECT true $$'),
  (1, 1, 'policy', 'own rows', 'shop_order', 'CREATE POLICY "own rows" ON shop_order FOR SELECT TO anon USING (is_admin())'),
  (1, 2, 'policy', 'own rows', 'auth_user', 'CREATE POLICY "own rows" ON auth_user USING (true)'),
  (1, 3, 'row-security', 'shop_order', 'shop_order', 'ALTER TABLE shop_order ENABLE ROW LEVEL SECURITY;'),
  (1, 4, 'function', 'call_out', NULL, 'CREATE FUNCTION call_out() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  -- don''t pass it on
  PERFORM send(''eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJlc2lnbmF0dXJl'');
  RETURN ''postgresql://app:hunter2@db.example.com/app'';
END $$;'),
  (1, 5, 'role', 'app', NULL, 'CREATE ROLE app LOGIN PASSWORD ''tulip'''),
  (1, 6, 'view', 'is_admin', NULL, 'CREATE VIEW is_admin AS SELECT 1;
');
INSERT INTO object_attributes VALUES
  (1, 0, 0, 'language', 'sql'), (1, 0, 1, 'security', 'definer'),
  (1, 1, 0, 'command', 'SELECT'), (1, 1, 1, 'roles', 'anon'), (1, 1, 2, 'using', 'is_admin()'),
  (1, 2, 0, 'command', 'ALL'), (1, 3, 0, 'state', 'enabled'), (1, 5, 0, 'has-password', 'yes');
