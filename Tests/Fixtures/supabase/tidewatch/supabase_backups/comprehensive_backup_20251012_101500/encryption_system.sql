            info             
-----------------------------
 -- ENCRYPTION SYSTEM BACKUP
(1 row)

                    info                     
LEGACY_API_KEY_REDACTED_FOR_GITHUB_SECURITY-----
 -- Generated: 2025-10-12 08:15:00.581701+00
(1 row)

 ?column? 
----------
 
(1 row)

                                                                    function_definition                                                                     
------------------------------------------------------------------------------------------------------------------------------------------------------------
 CREATE OR REPLACE FUNCTION public.auto_encrypt_provider_keys()                                                                                            +
  RETURNS trigger                                                                                                                                          +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   IF NOT public.is_encrypted(NEW.api_key_encrypted) THEN                                                                                                  +
     NEW.api_key_encrypted := public.encrypt_api_key(NEW.api_key_encrypted);                                                                               +
   END IF;                                                                                                                                                 +
                                                                                                                                                           +
   RETURN NEW;                                                                                                                                             +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.decrypt_api_key(cipher text)                                                                                            +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   RETURN convert_from(decode(substr(cipher, 8), 'base64'), 'UTF8');                                                                                       +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.encrypt_api_key(plain text)                                                                                             +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   RETURN 'enc:v1:' || encode(convert_to(plain || coalesce(current_setting('app.encryption_key', true), 'tidewatch-fallback-key-2025'), 'UTF8'), 'base64');+
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.is_encrypted(value text)                                                                                                +
  RETURNS boolean                                                                                                                                          +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   RETURN value LIKE 'enc:%';                                                                                                                              +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
(4 rows)

