          info           
-------------------------
 -- RPC FUNCTIONS BACKUP
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
 CREATE OR REPLACE FUNCTION public.assign_default_role(p_id bigint DEFAULT 9)                                                                              +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
  SET search_path TO 'public'                                                                                                                              +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- assign_default_role of '9'; what follows is one statement                                                                                            +
   RETURN format('assign_default_role %s', p_id);                                                                                                          +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
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
 
 CREATE OR REPLACE FUNCTION public.berth_is_free(p_id bigint DEFAULT 1)                                                                                    +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- berth_is_free of '1'; what follows is one statement                                                                                                  +
   RETURN format('berth_is_free %s', p_id);                                                                                                                +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.close_alert(p_id bigint DEFAULT 6)                                                                                      +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
  SET search_path TO 'public'                                                                                                                              +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- close_alert of '6'; what follows is one statement                                                                                                    +
   RETURN format('close_alert %s', p_id);                                                                                                                  +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.current_harbour(p_id bigint DEFAULT 0)                                                                                  +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
  SET search_path TO 'public'                                                                                                                              +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- current_harbour of '0'; what follows is one statement                                                                                                +
   RETURN format('current_harbour %s', p_id);                                                                                                              +
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
 
 CREATE OR REPLACE FUNCTION public.invoice_total(p_id bigint DEFAULT 7)                                                                                    +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- invoice_total of '7'; what follows is one statement                                                                                                  +
   RETURN format('invoice_total %s', p_id);                                                                                                                +
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
 
 CREATE OR REPLACE FUNCTION public.latest_reading(p_id bigint DEFAULT 4)                                                                                   +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- latest_reading of '4'; what follows is one statement                                                                                                 +
   RETURN format('latest_reading %s', p_id);                                                                                                               +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.log_action(p_id bigint DEFAULT 12)                                                                                      +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
  SET search_path TO 'public'                                                                                                                              +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- log_action of '12'; what follows is one statement                                                                                                    +
   RETURN format('log_action %s', p_id);                                                                                                                   +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.owner_mail(p_id bigint DEFAULT 8)                                                                                       +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- owner_mail of '8'; what follows is one statement                                                                                                     +
   RETURN format('owner_mail %s', p_id);                                                                                                                   +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.raise_alert(p_id bigint DEFAULT 5)                                                                                      +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- raise_alert of '5'; what follows is one statement                                                                                                    +
   RETURN format('raise_alert %s', p_id);                                                                                                                  +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.reading_count(p_id bigint DEFAULT 15)                                                                                   +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
  SET search_path TO 'public'                                                                                                                              +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- reading_count of '15'; what follows is one statement                                                                                                 +
   RETURN format('reading_count %s', p_id);                                                                                                                +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.role_allows(p_id bigint DEFAULT 11)                                                                                     +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- role_allows of '11'; what follows is one statement                                                                                                   +
   RETURN format('role_allows %s', p_id);                                                                                                                  +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.sensor_count(p_id bigint DEFAULT 14)                                                                                    +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- sensor_count of '14'; what follows is one statement                                                                                                  +
   RETURN format('sensor_count %s', p_id);                                                                                                                 +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.setting(p_id bigint DEFAULT 13)                                                                                         +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- setting of '13'; what follows is one statement                                                                                                       +
   RETURN format('setting %s', p_id);                                                                                                                      +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.tide_level(p_id bigint DEFAULT 3)                                                                                       +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  SECURITY DEFINER                                                                                                                                         +
  SET search_path TO 'public'                                                                                                                              +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- tide_level of '3'; what follows is one statement                                                                                                     +
   RETURN format('tide_level %s', p_id);                                                                                                                   +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.user_role(p_id bigint DEFAULT 10)                                                                                       +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- user_role of '10'; what follows is one statement                                                                                                     +
   RETURN format('user_role %s', p_id);                                                                                                                    +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
 CREATE OR REPLACE FUNCTION public.vessel_label(p_id bigint DEFAULT 2)                                                                                     +
  RETURNS text                                                                                                                                             +
  LANGUAGE plpgsql                                                                                                                                         +
  STABLE                                                                                                                                                   +
 AS $function$                                                                                                                                             +
 BEGIN                                                                                                                                                     +
   -- vessel_label of '2'; what follows is one statement                                                                                                   +
   RETURN format('vessel_label %s', p_id);                                                                                                                 +
 END;                                                                                                                                                      +
 $function$                                                                                                                                                +
 
(20 rows)

