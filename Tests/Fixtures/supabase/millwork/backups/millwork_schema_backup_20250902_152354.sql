


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


COMMENT ON SCHEMA "public" IS 'standard public schema';



CREATE TYPE "public"."approval_state" AS ENUM (
    'open',
    'given'
);


ALTER TYPE "public"."approval_state" OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_0"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_0"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_1"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_1"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_10"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_10"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_11"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_11"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_2"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_2"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_3"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_3"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_4"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_4"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_5"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_5"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_6"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_6"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_7"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_7"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_8"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_8"("p_project" "uuid") OWNER TO "postgres";


CREATE OR REPLACE FUNCTION "public"."step_9"("p_project" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'public'
    AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM projects WHERE id = p_project);
END;
$$;


ALTER FUNCTION "public"."step_9"("p_project" "uuid") OWNER TO "postgres";

SET default_tablespace = '';

SET default_table_access_method = "heap";


CREATE TABLE IF NOT EXISTS "public"."activity_log" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "user_id" "uuid",
    "action" "text",
    "at" timestamp with time zone,
    "details" "jsonb"
);


ALTER TABLE "public"."activity_log" OWNER TO "postgres";


COMMENT ON TABLE "public"."activity_log" IS 'Each row is one of the activity log of the mill.';



CREATE TABLE IF NOT EXISTS "public"."approvals" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "message_id" "uuid",
    "approver_id" "uuid",
    "state" "public"."approval_state"
);


ALTER TABLE "public"."approvals" OWNER TO "postgres";


COMMENT ON TABLE "public"."approvals" IS 'Each row is one of the approvals of the mill.';



CREATE TABLE IF NOT EXISTS "public"."contacts" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "organization_id" "uuid",
    "name" "text",
    "phone" "text"
);


ALTER TABLE "public"."contacts" OWNER TO "postgres";


COMMENT ON TABLE "public"."contacts" IS 'Each row is one of the contacts of the mill.';



CREATE TABLE IF NOT EXISTS "public"."documents" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "project_id" "uuid",
    "title" "text",
    "version" integer,
    "storage_path" "text"
);


ALTER TABLE "public"."documents" OWNER TO "postgres";


COMMENT ON TABLE "public"."documents" IS 'Each row is one of the documents of the mill.';



CREATE TABLE IF NOT EXISTS "public"."drawings" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "project_id" "uuid",
    "outline" "jsonb"
);


ALTER TABLE "public"."drawings" OWNER TO "postgres";


COMMENT ON TABLE "public"."drawings" IS 'Each row is one of the drawings of the mill.';



CREATE TABLE IF NOT EXISTS "public"."messages" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "sender_id" "uuid",
    "project_id" "uuid",
    "body" "text"
);


ALTER TABLE "public"."messages" OWNER TO "postgres";


COMMENT ON TABLE "public"."messages" IS 'Each row is one of the messages of the mill.';



CREATE TABLE IF NOT EXISTS "public"."notifications" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "user_id" "uuid",
    "text" "text",
    "seen" boolean
);


ALTER TABLE "public"."notifications" OWNER TO "postgres";


COMMENT ON TABLE "public"."notifications" IS 'Each row is one of the notifications of the mill.';



CREATE TABLE IF NOT EXISTS "public"."organizations" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "name" "text" NOT NULL,
    "kind" "text"
);


ALTER TABLE "public"."organizations" OWNER TO "postgres";


COMMENT ON TABLE "public"."organizations" IS 'Each row is one of the organizations of the mill.';



CREATE TABLE IF NOT EXISTS "public"."projects" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "customer_id" "uuid",
    "stage_id" "uuid",
    "title" "text" NOT NULL,
    "value" numeric(12,2),
    "due" "date"
);


ALTER TABLE "public"."projects" OWNER TO "postgres";


COMMENT ON TABLE "public"."projects" IS 'Each row is one of the projects of the mill.';



CREATE TABLE IF NOT EXISTS "public"."quotes" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "project_id" "uuid",
    "total" numeric(12,2),
    "valid_until" "date"
);


ALTER TABLE "public"."quotes" OWNER TO "postgres";


COMMENT ON TABLE "public"."quotes" IS 'Each row is one of the quotes of the mill.';



CREATE TABLE IF NOT EXISTS "public"."reviews" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "document_id" "uuid",
    "reviewer_id" "uuid",
    "verdict" "text"
);


ALTER TABLE "public"."reviews" OWNER TO "postgres";


COMMENT ON TABLE "public"."reviews" IS 'Each row is one of the reviews of the mill.';



CREATE TABLE IF NOT EXISTS "public"."users" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "organization_id" "uuid",
    "auth_id" "uuid",
    "name" "text" NOT NULL,
    "email" "text",
    "role" "text",
    "approval_id" "uuid"
);


ALTER TABLE "public"."users" OWNER TO "postgres";


COMMENT ON TABLE "public"."users" IS 'Each row is one of the users of the mill.';



CREATE TABLE IF NOT EXISTS "public"."workflow_stages" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "name" "text" NOT NULL,
    "position" integer NOT NULL
);


ALTER TABLE "public"."workflow_stages" OWNER TO "postgres";


COMMENT ON TABLE "public"."workflow_stages" IS 'Each row is one of the workflow stages of the mill.';



CREATE TABLE IF NOT EXISTS "public"."workflow_sub_stages" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "stage_id" "uuid",
    "name" "text" NOT NULL,
    "needs_approval" boolean
);


ALTER TABLE "public"."workflow_sub_stages" OWNER TO "postgres";


COMMENT ON TABLE "public"."workflow_sub_stages" IS 'Each row is one of the workflow sub stages of the mill.';



ALTER TABLE ONLY "public"."activity_log"
    ADD CONSTRAINT "activity_log_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."approvals"
    ADD CONSTRAINT "approvals_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."contacts"
    ADD CONSTRAINT "contacts_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."documents"
    ADD CONSTRAINT "documents_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."drawings"
    ADD CONSTRAINT "drawings_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."messages"
    ADD CONSTRAINT "messages_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."notifications"
    ADD CONSTRAINT "notifications_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."organizations"
    ADD CONSTRAINT "organizations_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."projects"
    ADD CONSTRAINT "projects_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."quotes"
    ADD CONSTRAINT "quotes_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."reviews"
    ADD CONSTRAINT "reviews_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."users"
    ADD CONSTRAINT "users_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."workflow_stages"
    ADD CONSTRAINT "workflow_stages_pkey" PRIMARY KEY ("id");



ALTER TABLE ONLY "public"."workflow_sub_stages"
    ADD CONSTRAINT "workflow_sub_stages_pkey" PRIMARY KEY ("id");



CREATE INDEX "activity_log_by_column" ON "public"."activity_log" USING "btree" ("user_id");



CREATE INDEX "approvals_by_column" ON "public"."approvals" USING "btree" ("message_id");



CREATE INDEX "contacts_by_column" ON "public"."contacts" USING "btree" ("organization_id");



CREATE INDEX "documents_by_column" ON "public"."documents" USING "btree" ("project_id");



CREATE INDEX "drawings_by_column" ON "public"."drawings" USING "btree" ("project_id");



CREATE INDEX "messages_by_column" ON "public"."messages" USING "btree" ("sender_id");



CREATE INDEX "notifications_by_column" ON "public"."notifications" USING "btree" ("user_id");



CREATE INDEX "organizations_by_column" ON "public"."organizations" USING "btree" ("name");



CREATE INDEX "projects_by_column" ON "public"."projects" USING "btree" ("customer_id");



CREATE INDEX "quotes_by_column" ON "public"."quotes" USING "btree" ("project_id");



CREATE INDEX "reviews_by_column" ON "public"."reviews" USING "btree" ("document_id");



CREATE INDEX "users_by_column" ON "public"."users" USING "btree" ("organization_id");



CREATE INDEX "workflow_stages_by_column" ON "public"."workflow_stages" USING "btree" ("name");



CREATE INDEX "workflow_sub_stages_by_column" ON "public"."workflow_sub_stages" USING "btree" ("stage_id");



ALTER TABLE ONLY "public"."activity_log"
    ADD CONSTRAINT "activity_log_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id");



ALTER TABLE ONLY "public"."approvals"
    ADD CONSTRAINT "approvals_approver_id_fkey" FOREIGN KEY ("approver_id") REFERENCES "public"."users"("id");



ALTER TABLE ONLY "public"."approvals"
    ADD CONSTRAINT "approvals_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id");



ALTER TABLE ONLY "public"."contacts"
    ADD CONSTRAINT "contacts_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id");



ALTER TABLE ONLY "public"."documents"
    ADD CONSTRAINT "documents_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id");



ALTER TABLE ONLY "public"."drawings"
    ADD CONSTRAINT "drawings_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id");



ALTER TABLE ONLY "public"."messages"
    ADD CONSTRAINT "messages_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id");



ALTER TABLE ONLY "public"."messages"
    ADD CONSTRAINT "messages_sender_id_fkey" FOREIGN KEY ("sender_id") REFERENCES "public"."users"("id");



ALTER TABLE ONLY "public"."notifications"
    ADD CONSTRAINT "notifications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id");



ALTER TABLE ONLY "public"."projects"
    ADD CONSTRAINT "projects_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "public"."organizations"("id");



ALTER TABLE ONLY "public"."projects"
    ADD CONSTRAINT "projects_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "public"."workflow_stages"("id");



ALTER TABLE ONLY "public"."quotes"
    ADD CONSTRAINT "quotes_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id");



ALTER TABLE ONLY "public"."reviews"
    ADD CONSTRAINT "reviews_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id");



ALTER TABLE ONLY "public"."reviews"
    ADD CONSTRAINT "reviews_reviewer_id_fkey" FOREIGN KEY ("reviewer_id") REFERENCES "public"."users"("id");



ALTER TABLE ONLY "public"."users"
    ADD CONSTRAINT "users_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "public"."approvals"("id");



ALTER TABLE ONLY "public"."users"
    ADD CONSTRAINT "users_auth_id_fkey" FOREIGN KEY ("auth_id") REFERENCES "auth"."users"("id");



ALTER TABLE ONLY "public"."users"
    ADD CONSTRAINT "users_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id");



ALTER TABLE ONLY "public"."workflow_sub_stages"
    ADD CONSTRAINT "workflow_sub_stages_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "public"."workflow_stages"("id");



CREATE POLICY "Members add activity_log" ON "public"."activity_log" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add approvals" ON "public"."approvals" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add contacts" ON "public"."contacts" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add documents" ON "public"."documents" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add drawings" ON "public"."drawings" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add messages" ON "public"."messages" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add notifications" ON "public"."notifications" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add organizations" ON "public"."organizations" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add projects" ON "public"."projects" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add quotes" ON "public"."quotes" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add reviews" ON "public"."reviews" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add users" ON "public"."users" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add workflow_stages" ON "public"."workflow_stages" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members add workflow_sub_stages" ON "public"."workflow_sub_stages" FOR INSERT TO "authenticated" WITH CHECK (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read activity_log" ON "public"."activity_log" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read approvals" ON "public"."approvals" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read contacts" ON "public"."contacts" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read documents" ON "public"."documents" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read drawings" ON "public"."drawings" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read messages" ON "public"."messages" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read notifications" ON "public"."notifications" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read organizations" ON "public"."organizations" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read projects" ON "public"."projects" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read quotes" ON "public"."quotes" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read reviews" ON "public"."reviews" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read users" ON "public"."users" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read workflow_stages" ON "public"."workflow_stages" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



CREATE POLICY "Members read workflow_sub_stages" ON "public"."workflow_sub_stages" FOR SELECT TO "authenticated" USING (("auth"."uid"() IS NOT NULL));



ALTER TABLE "public"."activity_log" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."approvals" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."contacts" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."documents" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."drawings" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."messages" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."notifications" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."organizations" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."projects" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."quotes" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."reviews" ENABLE ROW LEVEL SECURITY;


CREATE POLICY "service_activity_log" ON "public"."activity_log" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_approvals" ON "public"."approvals" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_contacts" ON "public"."contacts" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_documents" ON "public"."documents" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_drawings" ON "public"."drawings" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_messages" ON "public"."messages" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_notifications" ON "public"."notifications" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_organizations" ON "public"."organizations" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_projects" ON "public"."projects" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_quotes" ON "public"."quotes" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_reviews" ON "public"."reviews" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_users" ON "public"."users" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_workflow_stages" ON "public"."workflow_stages" TO "service_role" USING (true) WITH CHECK (true);



CREATE POLICY "service_workflow_sub_stages" ON "public"."workflow_sub_stages" TO "service_role" USING (true) WITH CHECK (true);



ALTER TABLE "public"."users" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."workflow_stages" ENABLE ROW LEVEL SECURITY;


ALTER TABLE "public"."workflow_sub_stages" ENABLE ROW LEVEL SECURITY;


GRANT USAGE ON SCHEMA "public" TO "anon";
GRANT USAGE ON SCHEMA "public" TO "authenticated";
GRANT USAGE ON SCHEMA "public" TO "service_role";



GRANT ALL ON TABLE "public"."activity_log" TO "anon";
GRANT ALL ON TABLE "public"."activity_log" TO "authenticated";
GRANT ALL ON TABLE "public"."activity_log" TO "service_role";



GRANT ALL ON TABLE "public"."approvals" TO "anon";
GRANT ALL ON TABLE "public"."approvals" TO "authenticated";
GRANT ALL ON TABLE "public"."approvals" TO "service_role";



GRANT ALL ON TABLE "public"."contacts" TO "anon";
GRANT ALL ON TABLE "public"."contacts" TO "authenticated";
GRANT ALL ON TABLE "public"."contacts" TO "service_role";



GRANT ALL ON TABLE "public"."documents" TO "anon";
GRANT ALL ON TABLE "public"."documents" TO "authenticated";
GRANT ALL ON TABLE "public"."documents" TO "service_role";



GRANT ALL ON TABLE "public"."drawings" TO "anon";
GRANT ALL ON TABLE "public"."drawings" TO "authenticated";
GRANT ALL ON TABLE "public"."drawings" TO "service_role";



GRANT ALL ON TABLE "public"."messages" TO "anon";
GRANT ALL ON TABLE "public"."messages" TO "authenticated";
GRANT ALL ON TABLE "public"."messages" TO "service_role";



GRANT ALL ON TABLE "public"."notifications" TO "anon";
GRANT ALL ON TABLE "public"."notifications" TO "authenticated";
GRANT ALL ON TABLE "public"."notifications" TO "service_role";



GRANT ALL ON TABLE "public"."organizations" TO "anon";
GRANT ALL ON TABLE "public"."organizations" TO "authenticated";
GRANT ALL ON TABLE "public"."organizations" TO "service_role";



GRANT ALL ON TABLE "public"."projects" TO "anon";
GRANT ALL ON TABLE "public"."projects" TO "authenticated";
GRANT ALL ON TABLE "public"."projects" TO "service_role";



GRANT ALL ON TABLE "public"."quotes" TO "anon";
GRANT ALL ON TABLE "public"."quotes" TO "authenticated";
GRANT ALL ON TABLE "public"."quotes" TO "service_role";



GRANT ALL ON TABLE "public"."reviews" TO "anon";
GRANT ALL ON TABLE "public"."reviews" TO "authenticated";
GRANT ALL ON TABLE "public"."reviews" TO "service_role";



GRANT ALL ON TABLE "public"."users" TO "anon";
GRANT ALL ON TABLE "public"."users" TO "authenticated";
GRANT ALL ON TABLE "public"."users" TO "service_role";



GRANT ALL ON TABLE "public"."workflow_stages" TO "anon";
GRANT ALL ON TABLE "public"."workflow_stages" TO "authenticated";
GRANT ALL ON TABLE "public"."workflow_stages" TO "service_role";



GRANT ALL ON TABLE "public"."workflow_sub_stages" TO "anon";
GRANT ALL ON TABLE "public"."workflow_sub_stages" TO "authenticated";
GRANT ALL ON TABLE "public"."workflow_sub_stages" TO "service_role";





RESET ALL;
