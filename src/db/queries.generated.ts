// Written by npm run db:generate from queries.ts.
import type { Query } from '../db/query.ts';
import type * as source from './queries.ts';

export const deleteExpiredKeys: Query<typeof source.deleteExpiredKeys> = ({ batchSize }) => ({
  sql: `delete from "idempotency_keys" where ctid = any(array((select ctid as "ctid" from "idempotency_keys" where "idempotency_keys"."created_at" < now() - interval '30 days' limit $1))) returning "task_id"`,
  params: { batchSize },
  toRow: ([taskId]) => ({ taskId }),
});

export const selectReadiness: Query<typeof source.selectReadiness> = ({  }) => ({
  sql: `select current_setting('server_encoding') as "encoding" from (select 1) as one left join (select null as "none" from "tasks" where (false and "tasks"."id" = null::bigint and "tasks"."user_id" = null::varchar(255) and "tasks"."title" = null::varchar(200) and "tasks"."description" = null::text and "tasks"."is_completed" = null::boolean and "tasks"."version" = null::integer and "tasks"."created_at" = null::timestamp (3) with time zone and "tasks"."updated_at" = null::timestamp (3) with time zone)) "no_tasks" on true left join (select null as "none" from "idempotency_keys" where (false and "idempotency_keys"."user_id" = null::varchar(255) and "idempotency_keys"."key" = null::varchar(255) and "idempotency_keys"."fingerprint" = null::text and "idempotency_keys"."task_id" = null::bigint and "idempotency_keys"."created_at" = null::timestamp (3) with time zone)) "no_keys" on true`,
  params: {  },
  toRow: ([encoding]) => ({ encoding }),
});
