--
-- PostgreSQL database dump
--

\restrict tidewatchmillwork0invented

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: auth; Type: SCHEMA; Schema: -; Owner: supabase_admin
--

CREATE SCHEMA auth;


ALTER SCHEMA auth OWNER TO supabase_admin;

--
-- Name: extensions; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA extensions;


ALTER SCHEMA extensions OWNER TO postgres;

--
-- Name: storage; Type: SCHEMA; Schema: -; Owner: supabase_admin
--

CREATE SCHEMA storage;


ALTER SCHEMA storage OWNER TO supabase_admin;

--
-- Name: supabase_migrations; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA supabase_migrations;


ALTER SCHEMA supabase_migrations OWNER TO postgres;

--
-- Name: alert_level; Type: TYPE; Schema: public; Owner: postgres
--

CREATE TYPE public.alert_level AS ENUM (
    'low',
    'high'
);


ALTER TYPE public.alert_level OWNER TO postgres;

--
-- Name: role(); Type: FUNCTION; Schema: auth; Owner: postgres
--

CREATE FUNCTION auth.role() RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT current_setting('request.jwt.claim.role', true) $$;


ALTER FUNCTION auth.role() OWNER TO postgres;

--
-- Name: uid(); Type: FUNCTION; Schema: auth; Owner: postgres
--

CREATE FUNCTION auth.uid() RETURNS uuid
    LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;


ALTER FUNCTION auth.uid() OWNER TO postgres;

--
-- Name: assign_default_role(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.assign_default_role(p_id bigint DEFAULT 9) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
BEGIN
  -- assign_default_role of '9'; what follows is one statement
  RETURN format('assign_default_role %s', p_id);
END;
$$;


ALTER FUNCTION public.assign_default_role(p_id bigint) OWNER TO postgres;

--
-- Name: auto_encrypt_provider_keys(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.auto_encrypt_provider_keys() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
BEGIN
  IF NOT public.is_encrypted(NEW.api_key_encrypted) THEN
    NEW.api_key_encrypted := public.encrypt_api_key(NEW.api_key_encrypted);
  END IF;

  RETURN NEW;
END;
$$;


ALTER FUNCTION public.auto_encrypt_provider_keys() OWNER TO postgres;

--
-- Name: berth_is_free(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.berth_is_free(p_id bigint DEFAULT 1) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- berth_is_free of '1'; what follows is one statement
  RETURN format('berth_is_free %s', p_id);
END;
$$;


ALTER FUNCTION public.berth_is_free(p_id bigint) OWNER TO postgres;

--
-- Name: close_alert(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.close_alert(p_id bigint DEFAULT 6) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
BEGIN
  -- close_alert of '6'; what follows is one statement
  RETURN format('close_alert %s', p_id);
END;
$$;


ALTER FUNCTION public.close_alert(p_id bigint) OWNER TO postgres;

--
-- Name: current_harbour(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.current_harbour(p_id bigint DEFAULT 0) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
BEGIN
  -- current_harbour of '0'; what follows is one statement
  RETURN format('current_harbour %s', p_id);
END;
$$;


ALTER FUNCTION public.current_harbour(p_id bigint) OWNER TO postgres;

--
-- Name: decrypt_api_key(text); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.decrypt_api_key(cipher text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
BEGIN
  RETURN convert_from(decode(substr(cipher, 8), 'base64'), 'UTF8');
END;
$$;


ALTER FUNCTION public.decrypt_api_key(cipher text) OWNER TO postgres;

--
-- Name: encrypt_api_key(text); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.encrypt_api_key(plain text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
BEGIN
  RETURN 'enc:v1:' || encode(convert_to(plain || coalesce(current_setting('app.encryption_key', true), 'tidewatch-fallback-key-2025'), 'UTF8'), 'base64');
END;
$$;


ALTER FUNCTION public.encrypt_api_key(plain text) OWNER TO postgres;

--
-- Name: invoice_total(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.invoice_total(p_id bigint DEFAULT 7) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- invoice_total of '7'; what follows is one statement
  RETURN format('invoice_total %s', p_id);
END;
$$;


ALTER FUNCTION public.invoice_total(p_id bigint) OWNER TO postgres;

--
-- Name: is_encrypted(text); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.is_encrypted(value text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
BEGIN
  RETURN value LIKE 'enc:%';
END;
$$;


ALTER FUNCTION public.is_encrypted(value text) OWNER TO postgres;

--
-- Name: latest_reading(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.latest_reading(p_id bigint DEFAULT 4) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- latest_reading of '4'; what follows is one statement
  RETURN format('latest_reading %s', p_id);
END;
$$;


ALTER FUNCTION public.latest_reading(p_id bigint) OWNER TO postgres;

--
-- Name: log_action(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.log_action(p_id bigint DEFAULT 12) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
BEGIN
  -- log_action of '12'; what follows is one statement
  RETURN format('log_action %s', p_id);
END;
$$;


ALTER FUNCTION public.log_action(p_id bigint) OWNER TO postgres;

--
-- Name: owner_mail(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.owner_mail(p_id bigint DEFAULT 8) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- owner_mail of '8'; what follows is one statement
  RETURN format('owner_mail %s', p_id);
END;
$$;


ALTER FUNCTION public.owner_mail(p_id bigint) OWNER TO postgres;

--
-- Name: raise_alert(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.raise_alert(p_id bigint DEFAULT 5) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- raise_alert of '5'; what follows is one statement
  RETURN format('raise_alert %s', p_id);
END;
$$;


ALTER FUNCTION public.raise_alert(p_id bigint) OWNER TO postgres;

--
-- Name: reading_count(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.reading_count(p_id bigint DEFAULT 15) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
BEGIN
  -- reading_count of '15'; what follows is one statement
  RETURN format('reading_count %s', p_id);
END;
$$;


ALTER FUNCTION public.reading_count(p_id bigint) OWNER TO postgres;

--
-- Name: role_allows(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.role_allows(p_id bigint DEFAULT 11) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- role_allows of '11'; what follows is one statement
  RETURN format('role_allows %s', p_id);
END;
$$;


ALTER FUNCTION public.role_allows(p_id bigint) OWNER TO postgres;

--
-- Name: sensor_count(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.sensor_count(p_id bigint DEFAULT 14) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- sensor_count of '14'; what follows is one statement
  RETURN format('sensor_count %s', p_id);
END;
$$;


ALTER FUNCTION public.sensor_count(p_id bigint) OWNER TO postgres;

--
-- Name: setting(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.setting(p_id bigint DEFAULT 13) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- setting of '13'; what follows is one statement
  RETURN format('setting %s', p_id);
END;
$$;


ALTER FUNCTION public.setting(p_id bigint) OWNER TO postgres;

--
-- Name: tide_level(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.tide_level(p_id bigint DEFAULT 3) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
BEGIN
  -- tide_level of '3'; what follows is one statement
  RETURN format('tide_level %s', p_id);
END;
$$;


ALTER FUNCTION public.tide_level(p_id bigint) OWNER TO postgres;

--
-- Name: user_role(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.user_role(p_id bigint DEFAULT 10) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- user_role of '10'; what follows is one statement
  RETURN format('user_role %s', p_id);
END;
$$;


ALTER FUNCTION public.user_role(p_id bigint) OWNER TO postgres;

--
-- Name: vessel_label(bigint); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.vessel_label(p_id bigint DEFAULT 2) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
  -- vessel_label of '2'; what follows is one statement
  RETURN format('vessel_label %s', p_id);
END;
$$;


ALTER FUNCTION public.vessel_label(p_id bigint) OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: identities; Type: TABLE; Schema: auth; Owner: supabase_auth_admin
--

CREATE TABLE auth.identities (
    provider_id text NOT NULL,
    user_id uuid NOT NULL,
    identity_data jsonb NOT NULL,
    provider text NOT NULL,
    last_sign_in_at timestamp with time zone,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    id uuid NOT NULL
);


ALTER TABLE auth.identities OWNER TO supabase_auth_admin;

--
-- Name: users; Type: TABLE; Schema: auth; Owner: supabase_auth_admin
--

CREATE TABLE auth.users (
    instance_id uuid,
    id uuid NOT NULL,
    aud character varying(255),
    role character varying(255),
    email character varying(255),
    encrypted_password character varying(255),
    email_confirmed_at timestamp with time zone,
    last_sign_in_at timestamp with time zone,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    is_super_admin boolean,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    phone text,
    phone_confirmed_at timestamp with time zone,
    confirmed_at timestamp with time zone GENERATED ALWAYS AS (LEAST(email_confirmed_at, phone_confirmed_at)) STORED,
    is_sso_user boolean DEFAULT false NOT NULL,
    deleted_at timestamp with time zone,
    is_anonymous boolean DEFAULT false NOT NULL
);


ALTER TABLE auth.users OWNER TO supabase_auth_admin;

--
-- Name: alert_rules; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.alert_rules (
    id bigint NOT NULL,
    name text,
    expression text
);


ALTER TABLE public.alert_rules OWNER TO postgres;

--
-- Name: alert_rules_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.alert_rules ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alert_rules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: alerts; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.alerts (
    id bigint NOT NULL,
    rule_id bigint,
    raised_at timestamp with time zone
);


ALTER TABLE public.alerts OWNER TO postgres;

--
-- Name: alerts_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.alerts ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: api_providers; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.api_providers (
    id bigint NOT NULL,
    name text NOT NULL,
    api_key_encrypted text,
    is_active boolean
);


ALTER TABLE public.api_providers OWNER TO postgres;

--
-- Name: api_providers_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.api_providers ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.api_providers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: audit_log; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.audit_log (
    id bigint NOT NULL,
    actor uuid,
    action text,
    at timestamp with time zone
);


ALTER TABLE public.audit_log OWNER TO postgres;

--
-- Name: audit_log_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.audit_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: berths; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.berths (
    id bigint NOT NULL,
    harbour_id bigint,
    label text NOT NULL,
    depth numeric(5,2)
);


ALTER TABLE public.berths OWNER TO postgres;

--
-- Name: berths_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.berths ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.berths_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: departments; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.departments (
    id bigint NOT NULL,
    name text NOT NULL,
    floor integer
);


ALTER TABLE public.departments OWNER TO postgres;

--
-- Name: departments_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.departments ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.departments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: event_bus; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.event_bus (
    id bigint NOT NULL,
    topic text,
    payload json
);


ALTER TABLE public.event_bus OWNER TO postgres;

--
-- Name: event_bus_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.event_bus ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.event_bus_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: harbours; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.harbours (
    id bigint NOT NULL,
    name text NOT NULL,
    latitude numeric(9,6),
    longitude numeric(9,6)
);


ALTER TABLE public.harbours OWNER TO postgres;

--
-- Name: harbour_overview; Type: VIEW; Schema: public; Owner: postgres
--

CREATE VIEW public.harbour_overview AS
 SELECT h.name,
    count(b.id) AS berths
   FROM (public.harbours h
     LEFT JOIN public.berths b ON ((b.harbour_id = h.id)))
  GROUP BY h.name;


ALTER TABLE public.harbour_overview OWNER TO postgres;

--
-- Name: harbours_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.harbours ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.harbours_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: inspection_items; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.inspection_items (
    id bigint NOT NULL,
    inspection_id bigint,
    remark text
);


ALTER TABLE public.inspection_items OWNER TO postgres;

--
-- Name: inspection_items_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.inspection_items ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inspection_items_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: inspections; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.inspections (
    id bigint NOT NULL,
    berth_id bigint,
    done_on date
);


ALTER TABLE public.inspections OWNER TO postgres;

--
-- Name: inspections_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.inspections ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inspections_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: invoice_lines; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.invoice_lines (
    id bigint NOT NULL,
    invoice_id bigint,
    text text,
    amount numeric(12,2)
);


ALTER TABLE public.invoice_lines OWNER TO postgres;

--
-- Name: invoice_lines_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.invoice_lines ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.invoice_lines_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: invoices; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.invoices (
    id bigint NOT NULL,
    owner_id bigint,
    total numeric(12,2),
    issued date
);


ALTER TABLE public.invoices OWNER TO postgres;

--
-- Name: invoices_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.invoices ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.invoices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: moorings; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.moorings (
    id bigint NOT NULL,
    vessel_id bigint,
    berth_id bigint,
    during tstzrange
);


ALTER TABLE public.moorings OWNER TO postgres;

--
-- Name: moorings_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.moorings ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.moorings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: role_permissions; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.role_permissions (
    id bigint NOT NULL,
    role text NOT NULL,
    permission text NOT NULL
);


ALTER TABLE public.role_permissions OWNER TO postgres;

--
-- Name: role_permissions_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.role_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.role_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: sensor_events; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.sensor_events (
    id bigint NOT NULL,
    sensor_id bigint,
    severity public.alert_level,
    payload bytea
);


ALTER TABLE public.sensor_events OWNER TO postgres;

--
-- Name: sensor_events_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.sensor_events ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensor_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: sensors; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.sensors (
    id bigint NOT NULL,
    harbour_id bigint,
    kind text NOT NULL,
    tags text[]
);


ALTER TABLE public.sensors OWNER TO postgres;

--
-- Name: sensors_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.sensors ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: system_settings; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.system_settings (
    id bigint NOT NULL,
    key text,
    value jsonb
);


ALTER TABLE public.system_settings OWNER TO postgres;

--
-- Name: system_settings_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.system_settings ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.system_settings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: tide_readings; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.tide_readings (
    id bigint NOT NULL,
    sensor_id bigint,
    level numeric(6,3) NOT NULL,
    at timestamp with time zone NOT NULL
);


ALTER TABLE public.tide_readings OWNER TO postgres;

--
-- Name: tide_readings_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.tide_readings ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tide_readings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: user_profiles; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.user_profiles (
    id bigint NOT NULL,
    user_id uuid,
    display_name text,
    settings jsonb DEFAULT '{}'::jsonb
);


ALTER TABLE public.user_profiles OWNER TO postgres;

--
-- Name: user_profiles_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.user_profiles ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.user_profiles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: user_roles; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.user_roles (
    id bigint NOT NULL,
    user_id uuid,
    role text NOT NULL,
    department text,
    granted_by uuid,
    expires_at timestamp with time zone,
    is_active boolean DEFAULT true,
    permissions jsonb DEFAULT '{}'::jsonb
);


ALTER TABLE public.user_roles OWNER TO postgres;

--
-- Name: user_roles_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.user_roles ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.user_roles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: vessel_owners; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.vessel_owners (
    id bigint NOT NULL,
    name text NOT NULL,
    email text
);


ALTER TABLE public.vessel_owners OWNER TO postgres;

--
-- Name: vessel_owners_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.vessel_owners ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.vessel_owners_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: vessels; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.vessels (
    id bigint NOT NULL,
    owner_id bigint,
    name text NOT NULL,
    length double precision
);


ALTER TABLE public.vessels OWNER TO postgres;

--
-- Name: vessels_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.vessels ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.vessels_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: weather_reports; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.weather_reports (
    id bigint NOT NULL,
    harbour_id bigint,
    report jsonb
);


ALTER TABLE public.weather_reports OWNER TO postgres;

--
-- Name: weather_reports_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.weather_reports ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.weather_reports_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: buckets; Type: TABLE; Schema: storage; Owner: supabase_storage_admin
--

CREATE TABLE storage.buckets (
    id text NOT NULL,
    name text NOT NULL,
    owner uuid,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    public boolean DEFAULT false,
    file_size_limit bigint,
    allowed_mime_types text[],
    owner_id text
);


ALTER TABLE storage.buckets OWNER TO supabase_storage_admin;

--
-- Name: objects; Type: TABLE; Schema: storage; Owner: supabase_storage_admin
--

CREATE TABLE storage.objects (
    id uuid NOT NULL,
    bucket_id text,
    name text,
    owner uuid,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    last_accessed_at timestamp with time zone,
    metadata jsonb,
    path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/'::text)) STORED,
    version text,
    owner_id text
);


ALTER TABLE storage.objects OWNER TO supabase_storage_admin;

--
-- Name: schema_migrations; Type: TABLE; Schema: supabase_migrations; Owner: postgres
--

CREATE TABLE supabase_migrations.schema_migrations (
    version text NOT NULL,
    statements text[],
    name text
);


ALTER TABLE supabase_migrations.schema_migrations OWNER TO postgres;

--
-- Data for Name: identities; Type: TABLE DATA; Schema: auth; Owner: supabase_auth_admin
--

COPY auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at, id) FROM stdin;
mira@tidewatch.example	d8117068-bc4b-4481-87cc-aa2cda0ad46f	{"sub": "d8117068-bc4b-4481-87cc-aa2cda0ad46f"}	email	\N	2025-10-12 08:00:00+00	\N	54020175-a37e-4fc4-897e-47392442a717
jonas@tidewatch.example	663eb066-dded-40b6-8615-c998180615f4	{"sub": "663eb066-dded-40b6-8615-c998180615f4"}	email	\N	2025-10-12 08:01:00+00	\N	af9e6ed2-91b0-4286-821e-890d134b9cc5
ines@tidewatch.example	4d401459-376f-49c7-802e-1b5f22ee5815	{"sub": "4d401459-376f-49c7-802e-1b5f22ee5815"}	email	\N	2025-10-12 08:02:00+00	\N	8239a570-aa78-4eb3-8fe2-443018ce5a8e
tomasz@tidewatch.example	c0f04912-1032-4e77-81c0-659896d50827	{"sub": "c0f04912-1032-4e77-81c0-659896d50827"}	email	\N	2025-10-12 08:03:00+00	\N	3d31b1aa-d42a-42f6-899e-b485ccd6d4a8
guest@tidewatch.example	8d9676dd-6646-422e-855f-7231c3590bd3	{"sub": "8d9676dd-6646-422e-855f-7231c3590bd3"}	email	\N	2025-10-12 08:04:00+00	\N	c6872ebc-2e7c-4bfd-8315-57da3d31478f
aline@pilots.example	80aa2bd6-5e41-4433-8e10-754b612e91f3	{"sub": "80aa2bd6-5e41-4433-8e10-754b612e91f3"}	email	\N	2025-10-12 08:05:00+00	\N	55602b37-6657-41b6-8ce2-df7bd5adefc1
\.


--
-- Data for Name: users; Type: TABLE DATA; Schema: auth; Owner: supabase_auth_admin
--

COPY auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, last_sign_in_at, raw_app_meta_data, raw_user_meta_data, is_super_admin, created_at, updated_at, phone, phone_confirmed_at, is_sso_user, deleted_at, is_anonymous) FROM stdin;
00000000-0000-0000-0000-000000000000	d8117068-bc4b-4481-87cc-aa2cda0ad46f	authenticated	authenticated	mira@tidewatch.example	$2a$10$xFau4I6wDoreWBzzOjbZbCJ5Ke.vR1XUgdTOLGo3dvdQJQDyiHf5u	2025-10-12 08:00:00+00	\N	{"provider": "email", "providers": ["email"]}	{"name": "Mira"}	\N	2025-10-12 08:00:00+00	2025-10-12 08:00:00+00	\N	\N	f	\N	f
00000000-0000-0000-0000-000000000000	663eb066-dded-40b6-8615-c998180615f4	authenticated	authenticated	jonas@tidewatch.example	$2a$10$ySQbDSsUaFedaTLGdptykoRZBkglvhd5FhjGkN.CJNO..QoUE4Tyk	2025-10-12 08:01:00+00	\N	{"provider": "email", "providers": ["email"]}	{"name": "Jonas"}	\N	2025-10-12 08:01:00+00	2025-10-12 08:01:00+00	\N	\N	f	\N	f
00000000-0000-0000-0000-000000000000	4d401459-376f-49c7-802e-1b5f22ee5815	authenticated	authenticated	ines@tidewatch.example	$2a$10$FaF8MCv2tWG.yu5IlmqKVVG0AgKnymR.0udnDZ4wXb4LYSD92Zl59	2025-10-12 08:02:00+00	\N	{"provider": "email", "providers": ["email"]}	{"name": "Ines"}	\N	2025-10-12 08:02:00+00	2025-10-12 08:02:00+00	\N	\N	f	\N	f
00000000-0000-0000-0000-000000000000	c0f04912-1032-4e77-81c0-659896d50827	authenticated	authenticated	tomasz@tidewatch.example	$2a$10$iGk/2u5r994BOtU.8Q0mgNl8YnHVRrt4Ad7nHImzxzVmdchydhELk	2025-10-12 08:03:00+00	\N	{"provider": "email", "providers": ["email"]}	{"name": "Tomasz"}	\N	2025-10-12 08:03:00+00	2025-10-12 08:03:00+00	\N	\N	f	\N	f
00000000-0000-0000-0000-000000000000	8d9676dd-6646-422e-855f-7231c3590bd3	authenticated	authenticated	guest@tidewatch.example	$2a$10$lsBP2ybcTkbHRmIWctfyobgRmTFhRKcxmSVUkTsOfWaw25T3Aw.Ct	2025-10-12 08:04:00+00	\N	{"provider": "email", "providers": ["email"]}	{"name": "Guest"}	\N	2025-10-12 08:04:00+00	2025-10-12 08:04:00+00	\N	\N	f	\N	f
00000000-0000-0000-0000-000000000000	80aa2bd6-5e41-4433-8e10-754b612e91f3	authenticated	authenticated	aline@pilots.example	$2a$10$SDxn4YiGHeERYA7zWu8ATGke7/otHRoAMctbvYYsSpdYb8VZ5Gdn3	2025-10-12 08:05:00+00	\N	{"provider": "email", "providers": ["email"]}	{"name": "Aline"}	\N	2025-10-12 08:05:00+00	2025-10-12 08:05:00+00	\N	\N	f	\N	f
\.


--
-- Data for Name: alert_rules; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.alert_rules (id, name, expression) FROM stdin;
1	Rule 1	level > 1
2	Rule 2	level > 2
3	Rule 3	level > 3
\.


--
-- Data for Name: alerts; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.alerts (id, rule_id, raised_at) FROM stdin;
\.


--
-- Data for Name: api_providers; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.api_providers (id, name, api_key_encrypted, is_active) FROM stdin;
1	Provider 1	enc:v1:c4ca4238a0b923820dcc509a6f75849b	t
2	Provider 2	enc:v1:c81e728d9d4c2f636f067f89cc14862c	f
\.


--
-- Data for Name: audit_log; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.audit_log (id, actor, action, at) FROM stdin;
\.


--
-- Data for Name: berths; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.berths (id, harbour_id, label, depth) FROM stdin;
1	2	B1	4.13
2	3	B2	4.25
3	1	B3	4.38
4	2	B4	4.50
5	3	B5	4.63
6	1	B6	4.75
7	2	B7	4.88
8	3	B8	5.00
9	1	B9	5.13
10	2	B10	5.25
11	3	B11	5.38
12	1	B12	5.50
\.


--
-- Data for Name: departments; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.departments (id, name, floor) FROM stdin;
1	Department 1	1
2	Department 2	2
3	Department 3	3
4	Department 4	4
\.


--
-- Data for Name: event_bus; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.event_bus (id, topic, payload) FROM stdin;
1	topic.1	{"n": 1,  "n": 2}
2	topic.2	{"n": 1,  "n": 2}
3	topic.3	{"n": 1,  "n": 2}
\.


--
-- Data for Name: harbours; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.harbours (id, name, latitude, longitude) FROM stdin;
1	Harbour 1	54.500000	9.100000
2	Harbour 2	55.500000	10.100000
3	Harbour 3	56.500000	11.100000
\.


--
-- Data for Name: inspection_items; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.inspection_items (id, inspection_id, remark) FROM stdin;
1	2	tab\there
2	3	
3	4	\N
4	5	
5	1	tab\there
6	2	
7	3	tab\there
\.


--
-- Data for Name: inspections; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.inspections (id, berth_id, done_on) FROM stdin;
1	1	2025-08-02
2	2	2025-08-03
3	3	2025-08-04
4	4	2025-08-05
5	5	2025-08-06
\.


--
-- Data for Name: invoice_lines; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.invoice_lines (id, invoice_id, text, amount) FROM stdin;
1	2	Mooring; night 1	1.25
2	3	Mooring; night 2	2.50
3	4	Mooring; night 3	3.75
4	5	Mooring; night 4	5.00
5	6	Mooring; night 5	6.25
6	1	Mooring; night 6	7.50
7	2	Mooring; night 7	8.75
8	3	Mooring; night 8	10.00
\.


--
-- Data for Name: invoices; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.invoices (id, owner_id, total, issued) FROM stdin;
1	2	10.50	2025-07-02
2	3	21.00	2025-07-03
3	4	31.50	2025-07-04
4	5	42.00	2025-07-05
5	1	52.50	2025-07-06
6	2	63.00	2025-07-07
\.


--
-- Data for Name: moorings; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.moorings (id, vessel_id, berth_id, during) FROM stdin;
1	1	1	["2025-09-01 00:00:00+00","2025-09-02 00:00:00+00")
2	2	2	["2025-09-01 00:00:00+00","2025-09-02 00:00:00+00")
3	3	3	["2025-09-01 00:00:00+00","2025-09-02 00:00:00+00")
4	4	4	["2025-09-01 00:00:00+00","2025-09-02 00:00:00+00")
5	5	5	["2025-09-01 00:00:00+00","2025-09-02 00:00:00+00")
6	6	6	["2025-09-01 00:00:00+00","2025-09-02 00:00:00+00")
7	7	7	["2025-09-01 00:00:00+00","2025-09-02 00:00:00+00")
8	8	8	["2025-09-01 00:00:00+00","2025-09-02 00:00:00+00")
9	9	9	["2025-09-01 00:00:00+00","2025-09-02 00:00:00+00")
\.


--
-- Data for Name: role_permissions; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.role_permissions (id, role, permission) FROM stdin;
1	role1	permission 1
2	role2	permission 2
3	role3	permission 3
4	role4	permission 4
5	role5	permission 5
6	role0	permission 6
7	role1	permission 7
8	role2	permission 8
9	role3	permission 9
10	role4	permission 10
11	role5	permission 11
12	role0	permission 12
13	role1	permission 13
14	role2	permission 14
15	role3	permission 15
16	role4	permission 16
17	role5	permission 17
18	role0	permission 18
\.


--
-- Data for Name: sensor_events; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.sensor_events (id, sensor_id, severity, payload) FROM stdin;
1	1	low	\\x00ff01
2	2	low	\\x00ff02
3	3	low	\\x00ff03
4	4	low	\\x00ff04
\.


--
-- Data for Name: sensors; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.sensors (id, harbour_id, kind, tags) FROM stdin;
1	2	tide	{a,b1}
2	3	tide	{a,b2}
3	1	tide	{a,b3}
4	2	tide	{a,b4}
5	3	tide	{a,b5}
6	1	tide	{a,b6}
\.


--
-- Data for Name: system_settings; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.system_settings (id, key, value) FROM stdin;
1	setting.1	1
2	setting.2	2
3	setting.3	3
4	setting.4	4
\.


--
-- Data for Name: tide_readings; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.tide_readings (id, sensor_id, level, at) FROM stdin;
1	2	0.143	2025-10-11 00:10:00+00
2	3	0.286	2025-10-11 00:20:00+00
3	4	0.429	2025-10-11 00:30:00+00
4	5	0.571	2025-10-11 00:40:00+00
5	6	0.714	2025-10-11 00:50:00+00
6	1	0.857	2025-10-11 01:00:00+00
7	2	1.000	2025-10-11 01:10:00+00
8	3	1.143	2025-10-11 01:20:00+00
9	4	1.286	2025-10-11 01:30:00+00
10	5	1.429	2025-10-11 01:40:00+00
11	6	1.571	2025-10-11 01:50:00+00
12	1	1.714	2025-10-11 02:00:00+00
13	2	1.857	2025-10-11 02:10:00+00
14	3	2.000	2025-10-11 02:20:00+00
15	4	2.143	2025-10-11 02:30:00+00
16	5	2.286	2025-10-11 02:40:00+00
17	6	2.429	2025-10-11 02:50:00+00
18	1	2.571	2025-10-11 03:00:00+00
19	2	2.714	2025-10-11 03:10:00+00
20	3	2.857	2025-10-11 03:20:00+00
21	4	3.000	2025-10-11 03:30:00+00
22	5	3.143	2025-10-11 03:40:00+00
23	6	3.286	2025-10-11 03:50:00+00
24	1	3.429	2025-10-11 04:00:00+00
25	2	3.571	2025-10-11 04:10:00+00
26	3	3.714	2025-10-11 04:20:00+00
27	4	3.857	2025-10-11 04:30:00+00
28	5	4.000	2025-10-11 04:40:00+00
29	6	4.143	2025-10-11 04:50:00+00
30	1	4.286	2025-10-11 05:00:00+00
31	2	4.429	2025-10-11 05:10:00+00
32	3	4.571	2025-10-11 05:20:00+00
33	4	4.714	2025-10-11 05:30:00+00
34	5	4.857	2025-10-11 05:40:00+00
35	6	5.000	2025-10-11 05:50:00+00
36	1	5.143	2025-10-11 06:00:00+00
37	2	5.286	2025-10-11 06:10:00+00
38	3	5.429	2025-10-11 06:20:00+00
39	4	5.571	2025-10-11 06:30:00+00
40	5	5.714	2025-10-11 06:40:00+00
\.


--
-- Data for Name: user_profiles; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.user_profiles (id, user_id, display_name, settings) FROM stdin;
1	d8117068-bc4b-4481-87cc-aa2cda0ad46f	Mira	{}
2	663eb066-dded-40b6-8615-c998180615f4	Jonas	{}
3	4d401459-376f-49c7-802e-1b5f22ee5815	Ines	{}
4	c0f04912-1032-4e77-81c0-659896d50827	Tomasz	{}
5	8d9676dd-6646-422e-855f-7231c3590bd3	Guest	{}
6	80aa2bd6-5e41-4433-8e10-754b612e91f3	Aline	{}
\.


--
-- Data for Name: user_roles; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.user_roles (id, user_id, role, department, granted_by, expires_at, is_active, permissions) FROM stdin;
1	d8117068-bc4b-4481-87cc-aa2cda0ad46f	superadmin	\N	d8117068-bc4b-4481-87cc-aa2cda0ad46f	\N	t	{}
2	663eb066-dded-40b6-8615-c998180615f4	admin	Department 1	d8117068-bc4b-4481-87cc-aa2cda0ad46f	\N	t	{}
3	4d401459-376f-49c7-802e-1b5f22ee5815	manager	\N	d8117068-bc4b-4481-87cc-aa2cda0ad46f	\N	t	{}
4	c0f04912-1032-4e77-81c0-659896d50827	user	Department 1	d8117068-bc4b-4481-87cc-aa2cda0ad46f	\N	t	{}
5	8d9676dd-6646-422e-855f-7231c3590bd3	guest	\N	d8117068-bc4b-4481-87cc-aa2cda0ad46f	2025-09-30 00:00:00+00	t	{}
6	80aa2bd6-5e41-4433-8e10-754b612e91f3	viewer	Department 1	d8117068-bc4b-4481-87cc-aa2cda0ad46f	\N	f	{}
\.


--
-- Data for Name: vessel_owners; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.vessel_owners (id, name, email) FROM stdin;
1	Owner 1	owner1@pilots.example
2	Owner 2	owner2@pilots.example
3	Owner 3	owner3@pilots.example
4	Owner 4	owner4@pilots.example
5	Owner 5	owner5@pilots.example
\.


--
-- Data for Name: vessels; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.vessels (id, owner_id, name, length) FROM stdin;
1	2	Vessel "1"	3.25
2	3	Vessel "2"	6.5
3	4	Vessel "3"	9.75
4	5	Vessel "4"	13
5	1	Vessel "5"	16.25
6	2	Vessel "6"	19.5
7	3	Vessel "7"	22.75
8	4	Vessel "8"	26
9	5	Vessel "9"	29.25
\.


--
-- Data for Name: weather_reports; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.weather_reports (id, harbour_id, report) FROM stdin;
1	2	{"note": "line one\\nline two", "wind": 1}
2	3	{"note": "line one\\nline two", "wind": 2}
3	1	{"note": "line one\\nline two", "wind": 3}
4	2	{"note": "line one\\nline two", "wind": 4}
5	3	{"note": "line one\\nline two", "wind": 5}
\.


--
-- Data for Name: buckets; Type: TABLE DATA; Schema: storage; Owner: supabase_storage_admin
--

COPY storage.buckets (id, name, owner, created_at, updated_at, public, file_size_limit, allowed_mime_types, owner_id) FROM stdin;
charts	charts	\N	\N	\N	t	\N	\N	\N
private	private	\N	\N	\N	f	\N	\N	\N
\.


--
-- Data for Name: objects; Type: TABLE DATA; Schema: storage; Owner: supabase_storage_admin
--

COPY storage.objects (id, bucket_id, name, owner, created_at, updated_at, last_accessed_at, metadata, version, owner_id) FROM stdin;
ef58d04a-e8ae-4f40-86e2-3a20175d5a67	charts	north/one.png	\N	\N	\N	\N	{"eTag": "\\"2c34e804abd41d4c0aac1aba6c662145\\"", "size": 100, "mimetype": "image/png"}	f6c9875e-6906-412c-843d-a3e2e225e508	\N
61b296cc-08f4-45ca-86d9-2d76b3d2efec	charts	two.png	\N	\N	\N	\N	{"eTag": "\\"c24cbc10b93d4915c0e578b6dcc942bf\\"", "size": 101, "mimetype": "image/png"}	f3fc7e64-8a4d-43bd-80e3-63fad1e6a15a	\N
\.


--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: supabase_migrations; Owner: postgres
--

COPY supabase_migrations.schema_migrations (version, statements, name) FROM stdin;
20250101000001	{"SELECT 1"}	create_departments
20250101000002	{"SELECT 1"}	create_harbours
20250101000003	{"SELECT 1"}	create_berths
20250301120000	{}	hotfix_without_a_file
20251010090000	{"SELECT 1"}	create_vessel_owners
20251010090100	{"SELECT 1"}	create_vessels
20251010090200	{"SELECT 1"}	create_moorings
20251010090300	{"SELECT 1"}	create_sensors
20251010090400	{"SELECT 1"}	create_tide_readings
20251010090500	{"SELECT 1"}	create_weather_reports
20251010090600	{"SELECT 1"}	create_sensor_events
20251010090700	{"SELECT 1"}	create_alert_rules
20251010090800	{"SELECT 1"}	create_alerts
20251010090900	{"SELECT 1"}	create_inspections
20251010091000	{"SELECT 1"}	create_inspection_items
20251010091100	{"SELECT 1"}	create_invoices
20251010091200	{"SELECT 1"}	create_invoice_lines
20251010091300	{"SELECT 1"}	create_user_profiles
20251010091400	{"SELECT 1"}	create_user_roles
20251010091500	{"SELECT 1"}	create_role_permissions
20251010091600	{"SELECT 1"}	create_system_settings
20251013000001	{"SELECT 1"}	add_roles
20251013000002	{"SELECT 1"}	add_roles_fixed
20251013000003	{"SELECT 1"}	superadmin
\.


--
-- Name: alert_rules_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.alert_rules_id_seq', 3, true);


--
-- Name: alerts_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.alerts_id_seq', 1, false);


--
-- Name: api_providers_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.api_providers_id_seq', 2, true);


--
-- Name: audit_log_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.audit_log_id_seq', 1, false);


--
-- Name: berths_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.berths_id_seq', 12, true);


--
-- Name: departments_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.departments_id_seq', 4, true);


--
-- Name: event_bus_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.event_bus_id_seq', 3, true);


--
-- Name: harbours_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.harbours_id_seq', 3, true);


--
-- Name: inspection_items_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.inspection_items_id_seq', 7, true);


--
-- Name: inspections_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.inspections_id_seq', 5, true);


--
-- Name: invoice_lines_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.invoice_lines_id_seq', 8, true);


--
-- Name: invoices_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.invoices_id_seq', 6, true);


--
-- Name: moorings_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.moorings_id_seq', 9, true);


--
-- Name: role_permissions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.role_permissions_id_seq', 18, true);


--
-- Name: sensor_events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.sensor_events_id_seq', 4, true);


--
-- Name: sensors_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.sensors_id_seq', 6, true);


--
-- Name: system_settings_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.system_settings_id_seq', 4, true);


--
-- Name: tide_readings_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.tide_readings_id_seq', 40, true);


--
-- Name: user_profiles_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.user_profiles_id_seq', 6, true);


--
-- Name: user_roles_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.user_roles_id_seq', 6, true);


--
-- Name: vessel_owners_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.vessel_owners_id_seq', 5, true);


--
-- Name: vessels_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.vessels_id_seq', 9, true);


--
-- Name: weather_reports_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.weather_reports_id_seq', 5, true);


--
-- Name: identities identities_pkey; Type: CONSTRAINT; Schema: auth; Owner: supabase_auth_admin
--

ALTER TABLE ONLY auth.identities
    ADD CONSTRAINT identities_pkey PRIMARY KEY (id);


--
-- Name: identities identities_provider_id_provider_key; Type: CONSTRAINT; Schema: auth; Owner: supabase_auth_admin
--

ALTER TABLE ONLY auth.identities
    ADD CONSTRAINT identities_provider_id_provider_key UNIQUE (provider_id, provider);


--
-- Name: users users_phone_key; Type: CONSTRAINT; Schema: auth; Owner: supabase_auth_admin
--

ALTER TABLE ONLY auth.users
    ADD CONSTRAINT users_phone_key UNIQUE (phone);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: auth; Owner: supabase_auth_admin
--

ALTER TABLE ONLY auth.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: alert_rules alert_rules_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.alert_rules
    ADD CONSTRAINT alert_rules_pkey PRIMARY KEY (id);


--
-- Name: alerts alerts_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);


--
-- Name: api_providers api_providers_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.api_providers
    ADD CONSTRAINT api_providers_pkey PRIMARY KEY (id);


--
-- Name: audit_log audit_log_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);


--
-- Name: berths berths_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.berths
    ADD CONSTRAINT berths_pkey PRIMARY KEY (id);


--
-- Name: departments departments_name_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_name_key UNIQUE (name);


--
-- Name: departments departments_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_pkey PRIMARY KEY (id);


--
-- Name: event_bus event_bus_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.event_bus
    ADD CONSTRAINT event_bus_pkey PRIMARY KEY (id);


--
-- Name: harbours harbours_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.harbours
    ADD CONSTRAINT harbours_pkey PRIMARY KEY (id);


--
-- Name: inspection_items inspection_items_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.inspection_items
    ADD CONSTRAINT inspection_items_pkey PRIMARY KEY (id);


--
-- Name: inspections inspections_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.inspections
    ADD CONSTRAINT inspections_pkey PRIMARY KEY (id);


--
-- Name: invoice_lines invoice_lines_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_pkey PRIMARY KEY (id);


--
-- Name: invoices invoices_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (id);


--
-- Name: moorings moorings_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.moorings
    ADD CONSTRAINT moorings_pkey PRIMARY KEY (id);


--
-- Name: role_permissions role_permissions_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.role_permissions
    ADD CONSTRAINT role_permissions_pkey PRIMARY KEY (id);


--
-- Name: sensor_events sensor_events_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.sensor_events
    ADD CONSTRAINT sensor_events_pkey PRIMARY KEY (id);


--
-- Name: sensors sensors_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.sensors
    ADD CONSTRAINT sensors_pkey PRIMARY KEY (id);


--
-- Name: system_settings system_settings_key_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.system_settings
    ADD CONSTRAINT system_settings_key_key UNIQUE (key);


--
-- Name: system_settings system_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.system_settings
    ADD CONSTRAINT system_settings_pkey PRIMARY KEY (id);


--
-- Name: tide_readings tide_readings_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.tide_readings
    ADD CONSTRAINT tide_readings_pkey PRIMARY KEY (id);


--
-- Name: user_profiles user_profiles_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.user_profiles
    ADD CONSTRAINT user_profiles_pkey PRIMARY KEY (id);


--
-- Name: user_roles user_roles_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_pkey PRIMARY KEY (id);


--
-- Name: vessel_owners vessel_owners_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.vessel_owners
    ADD CONSTRAINT vessel_owners_pkey PRIMARY KEY (id);


--
-- Name: vessels vessels_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.vessels
    ADD CONSTRAINT vessels_pkey PRIMARY KEY (id);


--
-- Name: weather_reports weather_reports_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.weather_reports
    ADD CONSTRAINT weather_reports_pkey PRIMARY KEY (id);


--
-- Name: buckets buckets_name_key; Type: CONSTRAINT; Schema: storage; Owner: supabase_storage_admin
--

ALTER TABLE ONLY storage.buckets
    ADD CONSTRAINT buckets_name_key UNIQUE (name);


--
-- Name: buckets buckets_pkey; Type: CONSTRAINT; Schema: storage; Owner: supabase_storage_admin
--

ALTER TABLE ONLY storage.buckets
    ADD CONSTRAINT buckets_pkey PRIMARY KEY (id);


--
-- Name: objects objects_pkey; Type: CONSTRAINT; Schema: storage; Owner: supabase_storage_admin
--

ALTER TABLE ONLY storage.objects
    ADD CONSTRAINT objects_pkey PRIMARY KEY (id);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: supabase_migrations; Owner: postgres
--

ALTER TABLE ONLY supabase_migrations.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);


--
-- Name: tide_readings_at; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX tide_readings_at ON public.tide_readings USING btree (at);


--
-- Name: api_providers encrypt_keys; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER encrypt_keys BEFORE INSERT OR UPDATE ON public.api_providers FOR EACH ROW EXECUTE FUNCTION public.auto_encrypt_provider_keys();


--
-- Name: identities identities_user_id_fkey; Type: FK CONSTRAINT; Schema: auth; Owner: supabase_auth_admin
--

ALTER TABLE ONLY auth.identities
    ADD CONSTRAINT identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;


--
-- Name: alerts alerts_rule_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES public.alert_rules(id);


--
-- Name: berths berths_harbour_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.berths
    ADD CONSTRAINT berths_harbour_id_fkey FOREIGN KEY (harbour_id) REFERENCES public.harbours(id);


--
-- Name: inspection_items inspection_items_inspection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.inspection_items
    ADD CONSTRAINT inspection_items_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES public.inspections(id);


--
-- Name: inspections inspections_berth_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.inspections
    ADD CONSTRAINT inspections_berth_id_fkey FOREIGN KEY (berth_id) REFERENCES public.berths(id);


--
-- Name: invoice_lines invoice_lines_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);


--
-- Name: invoices invoices_owner_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.vessel_owners(id);


--
-- Name: moorings moorings_berth_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.moorings
    ADD CONSTRAINT moorings_berth_id_fkey FOREIGN KEY (berth_id) REFERENCES public.berths(id);


--
-- Name: moorings moorings_vessel_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.moorings
    ADD CONSTRAINT moorings_vessel_id_fkey FOREIGN KEY (vessel_id) REFERENCES public.vessels(id);


--
-- Name: sensor_events sensor_events_sensor_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.sensor_events
    ADD CONSTRAINT sensor_events_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES public.sensors(id);


--
-- Name: sensors sensors_harbour_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.sensors
    ADD CONSTRAINT sensors_harbour_id_fkey FOREIGN KEY (harbour_id) REFERENCES public.harbours(id);


--
-- Name: tide_readings tide_readings_sensor_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.tide_readings
    ADD CONSTRAINT tide_readings_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES public.sensors(id);


--
-- Name: user_profiles user_profiles_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.user_profiles
    ADD CONSTRAINT user_profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id);


--
-- Name: user_roles user_roles_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id);


--
-- Name: vessels vessels_owner_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.vessels
    ADD CONSTRAINT vessels_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.vessel_owners(id);


--
-- Name: weather_reports weather_reports_harbour_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.weather_reports
    ADD CONSTRAINT weather_reports_harbour_id_fkey FOREIGN KEY (harbour_id) REFERENCES public.harbours(id);


--
-- Name: objects objects_bucket_id_fkey; Type: FK CONSTRAINT; Schema: storage; Owner: supabase_storage_admin
--

ALTER TABLE ONLY storage.objects
    ADD CONSTRAINT objects_bucket_id_fkey FOREIGN KEY (bucket_id) REFERENCES storage.buckets(id);


--
-- Name: alert_rules; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.alert_rules ENABLE ROW LEVEL SECURITY;

--
-- Name: alert_rules alert_rules can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "alert_rules can be added" ON public.alert_rules FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: alert_rules alert_rules can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "alert_rules can be read" ON public.alert_rules FOR SELECT TO authenticated USING (true);


--
-- Name: alert_rules alert_rules: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "alert_rules: admins delete" ON public.alert_rules AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: alert_rules alert_rules: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "alert_rules: managers change" ON public.alert_rules FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: alerts; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.alerts ENABLE ROW LEVEL SECURITY;

--
-- Name: alerts alerts can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "alerts can be added" ON public.alerts FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: alerts alerts can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "alerts can be read" ON public.alerts FOR SELECT TO authenticated USING (true);


--
-- Name: alerts alerts: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "alerts: admins delete" ON public.alerts AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: alerts alerts: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "alerts: managers change" ON public.alerts FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: api_providers; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.api_providers ENABLE ROW LEVEL SECURITY;

--
-- Name: api_providers api_providers can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "api_providers can be added" ON public.api_providers FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: api_providers api_providers can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "api_providers can be read" ON public.api_providers FOR SELECT TO authenticated USING (true);


--
-- Name: api_providers api_providers: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "api_providers: admins delete" ON public.api_providers AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: api_providers api_providers: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "api_providers: managers change" ON public.api_providers FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: audit_log; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_log audit_log can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "audit_log can be added" ON public.audit_log FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: audit_log audit_log can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "audit_log can be read" ON public.audit_log FOR SELECT TO authenticated USING (true);


--
-- Name: audit_log audit_log: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "audit_log: admins delete" ON public.audit_log AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: audit_log audit_log: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "audit_log: managers change" ON public.audit_log FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: berths; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.berths ENABLE ROW LEVEL SECURITY;

--
-- Name: berths berths can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "berths can be added" ON public.berths FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: berths berths can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "berths can be read" ON public.berths FOR SELECT TO authenticated USING (true);


--
-- Name: berths berths: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "berths: admins delete" ON public.berths AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: berths berths: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "berths: managers change" ON public.berths FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: departments; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.departments ENABLE ROW LEVEL SECURITY;

--
-- Name: departments departments can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "departments can be added" ON public.departments FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: departments departments can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "departments can be read" ON public.departments FOR SELECT TO authenticated USING (true);


--
-- Name: departments departments: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "departments: admins delete" ON public.departments AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: departments departments: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "departments: managers change" ON public.departments FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: harbours; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.harbours ENABLE ROW LEVEL SECURITY;

--
-- Name: harbours harbours can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "harbours can be added" ON public.harbours FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: harbours harbours can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "harbours can be read" ON public.harbours FOR SELECT TO authenticated USING (true);


--
-- Name: harbours harbours: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "harbours: admins delete" ON public.harbours AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: harbours harbours: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "harbours: managers change" ON public.harbours FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: inspection_items; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.inspection_items ENABLE ROW LEVEL SECURITY;

--
-- Name: inspection_items inspection_items can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "inspection_items can be added" ON public.inspection_items FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: inspection_items inspection_items can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "inspection_items can be read" ON public.inspection_items FOR SELECT TO authenticated USING (true);


--
-- Name: inspection_items inspection_items: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "inspection_items: admins delete" ON public.inspection_items AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: inspection_items inspection_items: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "inspection_items: managers change" ON public.inspection_items FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: inspections; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.inspections ENABLE ROW LEVEL SECURITY;

--
-- Name: inspections inspections can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "inspections can be added" ON public.inspections FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: inspections inspections can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "inspections can be read" ON public.inspections FOR SELECT TO authenticated USING (true);


--
-- Name: inspections inspections: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "inspections: admins delete" ON public.inspections AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: inspections inspections: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "inspections: managers change" ON public.inspections FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: invoice_lines; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.invoice_lines ENABLE ROW LEVEL SECURITY;

--
-- Name: invoice_lines invoice_lines can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "invoice_lines can be added" ON public.invoice_lines FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: invoice_lines invoice_lines can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "invoice_lines can be read" ON public.invoice_lines FOR SELECT TO authenticated USING (true);


--
-- Name: invoice_lines invoice_lines: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "invoice_lines: admins delete" ON public.invoice_lines AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: invoice_lines invoice_lines: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "invoice_lines: managers change" ON public.invoice_lines FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: invoices; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;

--
-- Name: invoices invoices can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "invoices can be added" ON public.invoices FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: invoices invoices can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "invoices can be read" ON public.invoices FOR SELECT TO authenticated USING (true);


--
-- Name: invoices invoices: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "invoices: admins delete" ON public.invoices AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: invoices invoices: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "invoices: managers change" ON public.invoices FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: moorings; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.moorings ENABLE ROW LEVEL SECURITY;

--
-- Name: moorings moorings can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "moorings can be added" ON public.moorings FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: moorings moorings can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "moorings can be read" ON public.moorings FOR SELECT TO authenticated USING (true);


--
-- Name: moorings moorings: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "moorings: admins delete" ON public.moorings AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: moorings moorings: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "moorings: managers change" ON public.moorings FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: role_permissions; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.role_permissions ENABLE ROW LEVEL SECURITY;

--
-- Name: role_permissions role_permissions can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "role_permissions can be added" ON public.role_permissions FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: role_permissions role_permissions can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "role_permissions can be read" ON public.role_permissions FOR SELECT TO authenticated USING (true);


--
-- Name: role_permissions role_permissions: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "role_permissions: admins delete" ON public.role_permissions AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: role_permissions role_permissions: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "role_permissions: managers change" ON public.role_permissions FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: sensor_events; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.sensor_events ENABLE ROW LEVEL SECURITY;

--
-- Name: sensor_events sensor_events can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "sensor_events can be added" ON public.sensor_events FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: sensor_events sensor_events can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "sensor_events can be read" ON public.sensor_events FOR SELECT TO authenticated USING (true);


--
-- Name: sensor_events sensor_events: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "sensor_events: admins delete" ON public.sensor_events AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: sensor_events sensor_events: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "sensor_events: managers change" ON public.sensor_events FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: sensors; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.sensors ENABLE ROW LEVEL SECURITY;

--
-- Name: sensors sensors can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "sensors can be added" ON public.sensors FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: sensors sensors can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "sensors can be read" ON public.sensors FOR SELECT TO authenticated USING (true);


--
-- Name: sensors sensors: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "sensors: admins delete" ON public.sensors AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: sensors sensors: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "sensors: managers change" ON public.sensors FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: system_settings; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.system_settings ENABLE ROW LEVEL SECURITY;

--
-- Name: system_settings system_settings can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "system_settings can be added" ON public.system_settings FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: system_settings system_settings can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "system_settings can be read" ON public.system_settings FOR SELECT TO authenticated USING (true);


--
-- Name: system_settings system_settings: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "system_settings: admins delete" ON public.system_settings AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: system_settings system_settings: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "system_settings: managers change" ON public.system_settings FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: tide_readings; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.tide_readings ENABLE ROW LEVEL SECURITY;

--
-- Name: tide_readings tide_readings can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "tide_readings can be added" ON public.tide_readings FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: tide_readings tide_readings can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "tide_readings can be read" ON public.tide_readings FOR SELECT TO authenticated USING (true);


--
-- Name: tide_readings tide_readings: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "tide_readings: admins delete" ON public.tide_readings AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: tide_readings tide_readings: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "tide_readings: managers change" ON public.tide_readings FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: user_profiles; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.user_profiles ENABLE ROW LEVEL SECURITY;

--
-- Name: user_profiles user_profiles can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "user_profiles can be added" ON public.user_profiles FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: user_profiles user_profiles can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "user_profiles can be read" ON public.user_profiles FOR SELECT TO authenticated USING (true);


--
-- Name: user_profiles user_profiles: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "user_profiles: admins delete" ON public.user_profiles AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: user_profiles user_profiles: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "user_profiles: managers change" ON public.user_profiles FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: user_roles; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.user_roles ENABLE ROW LEVEL SECURITY;

--
-- Name: user_roles user_roles can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "user_roles can be added" ON public.user_roles FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: user_roles user_roles can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "user_roles can be read" ON public.user_roles FOR SELECT TO authenticated USING (true);


--
-- Name: user_roles user_roles: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "user_roles: admins delete" ON public.user_roles AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: user_roles user_roles: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "user_roles: managers change" ON public.user_roles FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: vessel_owners; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.vessel_owners ENABLE ROW LEVEL SECURITY;

--
-- Name: vessel_owners vessel_owners can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "vessel_owners can be added" ON public.vessel_owners FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: vessel_owners vessel_owners can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "vessel_owners can be read" ON public.vessel_owners FOR SELECT TO authenticated USING (true);


--
-- Name: vessel_owners vessel_owners: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "vessel_owners: admins delete" ON public.vessel_owners AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: vessel_owners vessel_owners: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "vessel_owners: managers change" ON public.vessel_owners FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: vessels; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.vessels ENABLE ROW LEVEL SECURITY;

--
-- Name: vessels vessels can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "vessels can be added" ON public.vessels FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: vessels vessels can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "vessels can be read" ON public.vessels FOR SELECT TO authenticated USING (true);


--
-- Name: vessels vessels: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "vessels: admins delete" ON public.vessels AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: vessels vessels: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "vessels: managers change" ON public.vessels FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: weather_reports; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.weather_reports ENABLE ROW LEVEL SECURITY;

--
-- Name: weather_reports weather_reports can be added; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "weather_reports can be added" ON public.weather_reports FOR INSERT TO authenticated WITH CHECK ((auth.uid() IS NOT NULL));


--
-- Name: weather_reports weather_reports can be read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "weather_reports can be read" ON public.weather_reports FOR SELECT TO authenticated USING (true);


--
-- Name: weather_reports weather_reports: admins delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "weather_reports: admins delete" ON public.weather_reports AS RESTRICTIVE FOR DELETE TO authenticated USING ((public.role_allows((4)::bigint) ~~ '%admin%'::text));


--
-- Name: weather_reports weather_reports: managers change; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "weather_reports: managers change" ON public.weather_reports FOR UPDATE TO authenticated, service_role USING ((auth.role() = 'service_role'::text)) WITH CHECK ((public.user_role((1)::bigint) <> 'viewer'::text));


--
-- Name: objects; Type: ROW SECURITY; Schema: storage; Owner: supabase_storage_admin
--

ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;

--
-- Name: SCHEMA auth; Type: ACL; Schema: -; Owner: supabase_admin
--

GRANT USAGE ON SCHEMA auth TO anon;
GRANT USAGE ON SCHEMA auth TO authenticated;
GRANT USAGE ON SCHEMA auth TO service_role;
GRANT ALL ON SCHEMA auth TO supabase_auth_admin;


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner
--

GRANT USAGE ON SCHEMA public TO anon;
GRANT USAGE ON SCHEMA public TO authenticated;
GRANT USAGE ON SCHEMA public TO service_role;


--
-- Name: SCHEMA storage; Type: ACL; Schema: -; Owner: supabase_admin
--

GRANT ALL ON SCHEMA storage TO supabase_storage_admin;


--
-- Name: TABLE alert_rules; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.alert_rules TO anon;
GRANT ALL ON TABLE public.alert_rules TO authenticated;
GRANT ALL ON TABLE public.alert_rules TO service_role;


--
-- Name: TABLE alerts; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.alerts TO anon;
GRANT ALL ON TABLE public.alerts TO authenticated;
GRANT ALL ON TABLE public.alerts TO service_role;


--
-- Name: TABLE api_providers; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.api_providers TO anon;
GRANT ALL ON TABLE public.api_providers TO authenticated;
GRANT ALL ON TABLE public.api_providers TO service_role;


--
-- Name: TABLE audit_log; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.audit_log TO anon;
GRANT ALL ON TABLE public.audit_log TO authenticated;
GRANT ALL ON TABLE public.audit_log TO service_role;


--
-- Name: TABLE berths; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.berths TO anon;
GRANT ALL ON TABLE public.berths TO authenticated;
GRANT ALL ON TABLE public.berths TO service_role;


--
-- Name: TABLE departments; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.departments TO anon;
GRANT ALL ON TABLE public.departments TO authenticated;
GRANT ALL ON TABLE public.departments TO service_role;


--
-- Name: TABLE event_bus; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.event_bus TO anon;
GRANT ALL ON TABLE public.event_bus TO authenticated;
GRANT ALL ON TABLE public.event_bus TO service_role;


--
-- Name: TABLE harbours; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.harbours TO anon;
GRANT ALL ON TABLE public.harbours TO authenticated;
GRANT ALL ON TABLE public.harbours TO service_role;


--
-- Name: TABLE inspection_items; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.inspection_items TO anon;
GRANT ALL ON TABLE public.inspection_items TO authenticated;
GRANT ALL ON TABLE public.inspection_items TO service_role;


--
-- Name: TABLE inspections; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.inspections TO anon;
GRANT ALL ON TABLE public.inspections TO authenticated;
GRANT ALL ON TABLE public.inspections TO service_role;


--
-- Name: TABLE invoice_lines; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.invoice_lines TO anon;
GRANT ALL ON TABLE public.invoice_lines TO authenticated;
GRANT ALL ON TABLE public.invoice_lines TO service_role;


--
-- Name: TABLE invoices; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.invoices TO anon;
GRANT ALL ON TABLE public.invoices TO authenticated;
GRANT ALL ON TABLE public.invoices TO service_role;


--
-- Name: TABLE moorings; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.moorings TO anon;
GRANT ALL ON TABLE public.moorings TO authenticated;
GRANT ALL ON TABLE public.moorings TO service_role;


--
-- Name: TABLE role_permissions; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.role_permissions TO anon;
GRANT ALL ON TABLE public.role_permissions TO authenticated;
GRANT ALL ON TABLE public.role_permissions TO service_role;


--
-- Name: TABLE sensor_events; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.sensor_events TO anon;
GRANT ALL ON TABLE public.sensor_events TO authenticated;
GRANT ALL ON TABLE public.sensor_events TO service_role;


--
-- Name: TABLE sensors; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.sensors TO anon;
GRANT ALL ON TABLE public.sensors TO authenticated;
GRANT ALL ON TABLE public.sensors TO service_role;


--
-- Name: TABLE system_settings; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.system_settings TO anon;
GRANT ALL ON TABLE public.system_settings TO authenticated;
GRANT ALL ON TABLE public.system_settings TO service_role;


--
-- Name: TABLE tide_readings; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.tide_readings TO anon;
GRANT ALL ON TABLE public.tide_readings TO authenticated;
GRANT ALL ON TABLE public.tide_readings TO service_role;


--
-- Name: TABLE user_profiles; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.user_profiles TO anon;
GRANT ALL ON TABLE public.user_profiles TO authenticated;
GRANT ALL ON TABLE public.user_profiles TO service_role;


--
-- Name: TABLE user_roles; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.user_roles TO anon;
GRANT ALL ON TABLE public.user_roles TO authenticated;
GRANT ALL ON TABLE public.user_roles TO service_role;


--
-- Name: TABLE vessel_owners; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.vessel_owners TO anon;
GRANT ALL ON TABLE public.vessel_owners TO authenticated;
GRANT ALL ON TABLE public.vessel_owners TO service_role;


--
-- Name: TABLE vessels; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.vessels TO anon;
GRANT ALL ON TABLE public.vessels TO authenticated;
GRANT ALL ON TABLE public.vessels TO service_role;


--
-- Name: TABLE weather_reports; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.weather_reports TO anon;
GRANT ALL ON TABLE public.weather_reports TO authenticated;
GRANT ALL ON TABLE public.weather_reports TO service_role;


--
-- PostgreSQL database dump complete
--

\unrestrict tidewatchmillwork0invented

