// Written by npm run db:generate from queries.ts.
import type { Query } from '../db/query.ts';
import type * as source from './queries.ts';

export const deleteTask: Query<typeof source.deleteTask> = ({ userId, id, versions }) => ({
  sql: `delete from "tasks" where (("tasks"."user_id" = $1 and "tasks"."id" = $2) and ($3::int[] is null or "tasks"."version" = any($3::int[]))) returning "id"`,
  params: { userId, id, versions },
  toRow: ([id]) => ({ id }),
});

export const insertTask: Query<typeof source.insertTask> = ({ userId, title, description, completed }) => ({
  sql: `insert into "tasks" ("id", "user_id", "title", "description", "is_completed", "version", "created_at", "updated_at") values (default, $1, $2, $3, $4, default, default, default) returning "id", "title", "description", "is_completed", extract(epoch from "created_at") as "created_at", extract(epoch from "updated_at") as "updated_at", "version"`,
  params: { userId, title, description, completed },
  toRow: ([id, title, description, isCompleted, createdAt, updatedAt, version]) => ({ id, title, description, isCompleted, createdAt, updatedAt, version }),
});

export const insertTaskOnce: Query<typeof source.insertTaskOnce> = ({ userId, key, fingerprint, title, description, completed }) => ({
  sql: `with "claimed" as (insert into "idempotency_keys" ("user_id", "key", "fingerprint", "task_id", "created_at") values ($1, $2, $3, nextval('tasks_id_seq'), default) on conflict ("user_id","key") do update set "key" = excluded.key returning "user_id", "key", "fingerprint", "task_id", "created_at", xmax <> 0 as "is_replay"), "created" as (insert into "tasks" (id, user_id, title, description, is_completed, created_at, updated_at) overriding system value select task_id, user_id, $4, $5, $6::boolean, created_at, created_at from claimed where not is_replay) select "task_id", extract(epoch from "created_at") as "created_at", "is_replay", "fingerprint" = $3 as "is_same" from "claimed"`,
  params: { userId, key, fingerprint, title, description, completed },
  toRow: ([id, createdAt, isReplay, isSame]) => ({ id, createdAt, isReplay, isSame }),
});

export const selectFirstPage: Query<typeof source.selectFirstPage> = ({ maxDescriptionBytes, userId, completed, limit }) => ({
  sql: `select "id", "title", case when octet_length("description") <= $1::int then "description" end as "description", "is_completed", extract(epoch from "created_at") as "created_at", extract(epoch from "updated_at") as "updated_at", octet_length("description") as "description_bytes" from "tasks" where ("tasks"."user_id" = $2 and ($3::boolean is null or "tasks"."is_completed" = $3)) order by "tasks"."created_at" desc, "tasks"."id" desc limit $4`,
  params: { maxDescriptionBytes, userId, completed, limit },
  toRow: ([id, title, description, isCompleted, createdAt, updatedAt, descriptionBytes]) => ({ id, title, description, isCompleted, createdAt, updatedAt, descriptionBytes }),
});

export const selectOwnership: Query<typeof source.selectOwnership> = ({ userId, id }) => ({
  sql: `select "tasks"."user_id" = $1 as "is_own" from "tasks" where "tasks"."id" = $2`,
  params: { userId, id },
  toRow: ([isOwn]) => ({ isOwn }),
});

export const selectPageAfter: Query<typeof source.selectPageAfter> = ({ maxDescriptionBytes, userId, completed, createdAt, id, limit }) => ({
  sql: `select "id", "title", case when octet_length("description") <= $1::int then "description" end as "description", "is_completed", extract(epoch from "created_at") as "created_at", extract(epoch from "updated_at") as "updated_at", octet_length("description") as "description_bytes" from "tasks" where ("tasks"."user_id" = $2 and ($3::boolean is null or "tasks"."is_completed" = $3) and ("tasks"."created_at", "tasks"."id") < ($4::timestamptz, $5::bigint)) order by "tasks"."created_at" desc, "tasks"."id" desc limit $6`,
  params: { maxDescriptionBytes, userId, completed, createdAt, id, limit },
  toRow: ([id, title, description, isCompleted, createdAt, updatedAt, descriptionBytes]) => ({ id, title, description, isCompleted, createdAt, updatedAt, descriptionBytes }),
});

export const selectTask: Query<typeof source.selectTask> = ({ userId, id }) => ({
  sql: `select "id", "title", "description", "is_completed", extract(epoch from "created_at") as "created_at", extract(epoch from "updated_at") as "updated_at", "version" from "tasks" where ("tasks"."user_id" = $1 and "tasks"."id" = $2)`,
  params: { userId, id },
  toRow: ([id, title, description, isCompleted, createdAt, updatedAt, version]) => ({ id, title, description, isCompleted, createdAt, updatedAt, version }),
});

export const toggleTask: Query<typeof source.toggleTask> = ({ userId, id, versions }) => ({
  sql: `update "tasks" set "is_completed" = not "tasks"."is_completed", "version" = "tasks"."version" + 1, "updated_at" = greatest(now(), "tasks"."updated_at" + interval '1 millisecond') where (("tasks"."user_id" = $1 and "tasks"."id" = $2) and ($3::int[] is null or "tasks"."version" = any($3::int[]))) returning "id", "title", "description", "is_completed", extract(epoch from "created_at") as "created_at", extract(epoch from "updated_at") as "updated_at", "version"`,
  params: { userId, id, versions },
  toRow: ([id, title, description, isCompleted, createdAt, updatedAt, version]) => ({ id, title, description, isCompleted, createdAt, updatedAt, version }),
});

export const updateTask: Query<typeof source.updateTask> = ({ sets, title, description, toggles, completed, userId, id, versions }) => ({
  sql: `update "tasks" set "title" = case when 'title' = any($1::text[]) then $2 else "tasks"."title" end, "description" = case when 'description' = any($1::text[]) then $3 else "tasks"."description" end, "is_completed" = case when $4::boolean then not "tasks"."is_completed" else coalesce($5::boolean, "tasks"."is_completed") end, "version" = "tasks"."version" + (("tasks"."title", "tasks"."description", "tasks"."is_completed") is distinct from (case when 'title' = any($1::text[]) then $2 else "tasks"."title" end, case when 'description' = any($1::text[]) then $3 else "tasks"."description" end, case when $4::boolean then not "tasks"."is_completed" else coalesce($5::boolean, "tasks"."is_completed") end))::int, "updated_at" = case when ("tasks"."title", "tasks"."description", "tasks"."is_completed") is distinct from (case when 'title' = any($1::text[]) then $2 else "tasks"."title" end, case when 'description' = any($1::text[]) then $3 else "tasks"."description" end, case when $4::boolean then not "tasks"."is_completed" else coalesce($5::boolean, "tasks"."is_completed") end) then greatest(now(), "tasks"."updated_at" + interval '1 millisecond') else "tasks"."updated_at" end where (("tasks"."user_id" = $6 and "tasks"."id" = $7) and ($8::int[] is null or "tasks"."version" = any($8::int[]))) returning "id", "title", "description", "is_completed", extract(epoch from "created_at") as "created_at", extract(epoch from "updated_at") as "updated_at", "version"`,
  params: { sets, title, description, toggles, completed, userId, id, versions },
  toRow: ([id, title, description, isCompleted, createdAt, updatedAt, version]) => ({ id, title, description, isCompleted, createdAt, updatedAt, version }),
});
