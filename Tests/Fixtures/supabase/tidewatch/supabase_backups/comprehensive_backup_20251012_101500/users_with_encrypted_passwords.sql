          info           
-------------------------
 -- USERS RESTORE SCRIPT
(1 row)

                    info                     
---------------------------------------------
 -- Generated: 2025-10-12 08:15:00.581701+00
(1 row)

 ?column? 
----------
 
(1 row)

                                 ?column?                                  
---------------------------------------------------------------------------
 INSERT INTO auth.users (id, email, encrypted_password, phone, created_at)
(1 row)

 ?column? 
----------
 VALUES
(1 row)

 restore_statement 
-------------------
 
 
 
 
 
 
(6 rows)

COPY 6
