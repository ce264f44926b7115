         info         
----------------------
 -- USER ROLES BACKUP
(1 row)

                    info                     
LEGACY_API_KEY_REDACTED_FOR_GITHUB_SECURITY-----
 -- Generated: 2025-10-12 08:15:00.581701+00
(1 row)

 ?column? 
----------
 
(1 row)

                                 ?column?                                  
---------------------------------------------------------------------------
 INSERT INTO public.user_roles (id, user_id, role, is_active, permissions)
(1 row)

 ?column? 
----------
 VALUES
(1 row)

                                   restore_statement                                   
---------------------------------------------------------------------------------------
   (1, 'd8117068-bc4b-4481-87cc-aa2cda0ad46f'::uuid, 'superadmin', true, '{}'::jsonb),
   (2, '663eb066-dded-40b6-8615-c998180615f4'::uuid, 'admin', true, '{}'::jsonb),
   (3, '4d401459-376f-49c7-802e-1b5f22ee5815'::uuid, 'manager', true, '{}'::jsonb),
   (4, 'c0f04912-1032-4e77-81c0-659896d50827'::uuid, 'user', true, '{}'::jsonb),
   (5, '8d9676dd-6646-422e-855f-7231c3590bd3'::uuid, 'guest', true, '{}'::jsonb),
   (6, '80aa2bd6-5e41-4433-8e10-754b612e91f3'::uuid, 'viewer', false, '{}'::jsonb);
(6 rows)

 ?column? 
----------
 
(1 row)

