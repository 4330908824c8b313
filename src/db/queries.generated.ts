// Written by npm run db:generate from queries.ts.
import { compiled } from '../db/query.ts';
import type * as source from './queries.ts';

export const deleteExpiredKeys = compiled<typeof source.deleteExpiredKeys>({
  sql: `with "deleted" as (delete from "idempotency_keys" where ctid = any(array((select ctid as "ctid" from "idempotency_keys" where "idempotency_keys"."created_at" < now() - interval '30 days' limit $1))) returning "key") select count(*) as "count" from "deleted"`,
  params: { batchSize: '$1' },
  isRead: false,
  toRow: ([count]) => ({ count }),
});

export const selectReadiness = compiled<typeof source.selectReadiness>({
  sql: `select current_setting('server_encoding') as "encoding" from (select 1) as one left join (select "id", "user_id", "title", "description", "is_completed", "version", "created_at", "updated_at" from "tasks" where false) "no_tasks" on true left join (select "user_id", "key", "fingerprint", "task_id", "created_at" from "idempotency_keys" where false) "no_keys" on true`,
  params: {  },
  isRead: true,
  toRow: ([encoding]) => ({ encoding }),
});
