-- More of what a system that reads databases would have registered.
INSERT INTO objects VALUES
  (1, 7, 'migration', 'second', NULL, 'CREATE TABLE b (id int)'), (1, 8, 'migration', 'first', NULL, 'CREATE TABLE a (id int) -- the first'),
  (1, 9, 'migration', 'runs a program', NULL, 'SELECT 1;
\! id
'), (1, 10, 'extension', 'pgcrypto', NULL, 'CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA extensions;'),
  (1, 11, 'function', 'seal', NULL, 'CREATE FUNCTION seal(t text) RETURNS bytea LANGUAGE sql AS $$ SELECT PGP_sym_Encrypt(t, ''k'') $$;'),
  (1, 12, 'policy', 'x
DROP TABLE shop_order; --', 'shop_order', 'CREATE POLICY "x
DROP TABLE shop_order; --" ON shop_order USING (''open)');
INSERT INTO object_attributes VALUES
  (1, 7, 0, 'order', '2'), (1, 7, 1, 'applied', 'no'), (1, 8, 0, 'order', '1'), (1, 8, 1, 'applied', 'yes'), (1, 9, 0, 'order', '3');
