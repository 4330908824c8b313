// Written by npm run db:generate from the migrations in drizzle/.
export const createTables = `do $migrate$ begin
  perform pg_advisory_xact_lock(7246353);
  create schema if not exists drizzle;
  create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);

  if not exists (select from drizzle.__drizzle_migrations where created_at >= 1795238909693) then
CREATE TABLE "idempotency_keys" (
	"user_id" varchar(255) NOT NULL,
	"key" varchar(255) NOT NULL,
	"fingerprint" text NOT NULL,
	"task_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_user_id_key_pk" PRIMARY KEY("user_id","key")
);
CREATE TABLE "tasks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tasks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" varchar(255) NOT NULL,
	"title" varchar(200) NOT NULL,
	"description" text,
	"is_completed" boolean DEFAULT false NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tasks_user_id_not_empty" CHECK ("tasks"."user_id" <> ''),
	CONSTRAINT "tasks_title_not_blank" CHECK (btrim("tasks"."title", E' \\t\\n\\u000B\\f\\r\\u0085\\u00A0\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004\\u2005\\u2006\\u2007\\u2008\\u2009\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000\\uFEFF') <> ''),
	CONSTRAINT "tasks_version_positive" CHECK ("tasks"."version" > 0),
	CONSTRAINT "tasks_updated_after_created" CHECK ("tasks"."updated_at" >= "tasks"."created_at")
);
CREATE INDEX "tasks_user_id_newest" ON "tasks" USING btree ("user_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);
    insert into drizzle.__drizzle_migrations (hash, created_at) values ('900b3ae08189ac68aa277690c90a3c2640a0ce9de3638e1ac866fd0b1575d979', 1795238909693);
  end if;

  if not exists (select from drizzle.__drizzle_migrations where created_at >= 1795836968684) then
CREATE INDEX "idempotency_keys_created_at" ON "idempotency_keys" USING btree ("created_at");
    insert into drizzle.__drizzle_migrations (hash, created_at) values ('b7b096bdb9578ce48894c98f59660c282dc329e1995930e5638a05457f719fe5', 1795836968684);
  end if;
end $migrate$`;
