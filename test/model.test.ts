import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Answer, call, freshUser, overNeon } from './support/api.ts';

type Task = { id: number; title: string; description: string | null; completed: boolean; version: number };

/** What the API should hold: each user's tasks, oldest first, by the user's number. */
type Model = { tasks: Task[][]; keys: Map<string, { body: string; id: number }>[] };

/** The real thing: two to three users of it, unknown to any other run. */
type Real = { users: string[] };

type Step = {
  kind: string;
  user: number;
  other: number;
  nth: number;
  byPath: boolean;
  title: string;
  completed: boolean;
  stale: boolean;
};

const USERS = 3;

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'create',
    'keyed',
    'list',
    'filter',
    'page',
    'get',
    'put',
    'patch',
    'toggle',
    'set',
    'delete',
    'foreign',
  ),
  user: fc.nat(USERS - 1),
  other: fc.nat(USERS - 1),
  nth: fc.nat(3),
  byPath: fc.boolean(),
  title: fc.constantFrom('a', 'b', '\u{1F600}', 'line\nbreak'),
  completed: fc.boolean(),
  stale: fc.boolean(),
});

const shown = ({ id, title, description, completed }: Task) => ({
  id,
  title,
  description,
  completed,
  is_completed: completed,
});

/** Does one step to the model and to the API, and holds the two together. */
async function take({ kind, user, other, nth, byPath, title, completed, stale }: Step, model: Model, { users }: Real) {
  const name = users[user] ?? '';
  const own = model.tasks[user] ?? [];
  const base = byPath ? `/api/${name}/tasks` : '/api/tasks';
  const send = (request: string, body?: object, headers?: Record<string, string>) =>
    call(request.replace('…', base), { user: name, ...(body && { body }), ...(headers && { headers }) });
  const task = own[nth % Math.max(own.length, 1)];
  const ifMatch = { 'If-Match': `"${(task?.version ?? 1) + (stale ? 1 : 0)}"` };
  const at = `…/${task?.id ?? 0}`;

  const expectTask = (answer: Answer, status: number, expected: Task) => {
    expect([answer.status, answer.headers.get('etag')]).toEqual([status, `"${expected.version}"`]);
    expect(answer.json).toMatchObject({ ...shown(expected), user_id: name });
  };
  const expectList = (answer: Answer, expected: Task[]) => {
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject(expected.toReversed().map(shown));
    expect(answer.json).toHaveLength(expected.length);
  };
  const remember = (answer: Answer) => {
    const created = { id: answer.json.id, title, description: null, completed, version: 1 };
    expectTask(answer, 201, created);
    own.push(created);
    return created;
  };
  const change = async (method: string, suffix: string, changes: Partial<Task>, body?: object) => {
    const answer = await send(`${method} ${at}${suffix}`, body, ifMatch);
    if (!task) return expect(answer.status).toBe(404);
    if (stale) return expect(answer.status).toBe(412);
    const differs = Object.entries(changes).some(([field, value]) => task[field as keyof Task] !== value);
    Object.assign(task, changes, { version: task.version + (differs ? 1 : 0) });
    expectTask(answer, 200, task);
  };

  if (kind === 'create') remember(await send('POST …', { title, completed }));
  else if (kind === 'keyed') {
    const keys = model.keys[user] ?? new Map();
    const body = JSON.stringify([title, completed]);
    const known = keys.get(String(nth));
    const answer = await send('POST …', { title, completed }, { 'Idempotency-Key': String(nth) });
    if (!known) keys.set(String(nth), { body, id: remember(answer).id });
    else if (known.body !== body) expect([answer.status, answer.json.code]).toEqual([422, 'idempotency_key_reused']);
    else expect([answer.status, answer.json.id]).toEqual([201, known.id]);
  } else if (kind === 'list') expectList(await send('GET …'), own);
  else if (kind === 'filter') {
    expectList(
      await send(`GET …?completed=${completed}`),
      own.filter((each) => each.completed === completed),
    );
  } else if (kind === 'page') {
    const answer = await send(`GET …?limit=${nth + 1}`);
    expectList(answer, own.slice(-(nth + 1)));
    expect(answer.headers.has('link')).toBe(own.length > nth + 1);
  } else if (kind === 'get') {
    const answer = await send(`GET ${at}`);
    if (task) expectTask(answer, 200, task);
    else expect(answer.status).toBe(404);
  } else if (kind === 'put') await change('PUT', '', { title, completed }, { title, is_completed: completed });
  else if (kind === 'patch') await change('PATCH', '', { description: title }, { description: title });
  else if (kind === 'toggle') await change('PATCH', '/complete', { completed: !task?.completed });
  else if (kind === 'set') await change('PATCH', '/complete', { completed }, { completed });
  else if (kind === 'delete') {
    const answer = await send(`DELETE ${at}`, undefined, ifMatch);
    expect(answer.status).toBe(task ? (stale ? 412 : 204) : 404);
    if (answer.status === 204) own.splice(own.indexOf(task as Task), 1);
  } else {
    const theirs = model.tasks[other]?.at(-1);
    if (theirs && other !== user) {
      const answer = await send(`PUT …/${theirs.id}`, { title: 'stolen' });
      expect([answer.status, answer.json.code]).toEqual(byPath ? [403, 'forbidden'] : [404, 'not_found']);
    }
  }
}

test('S0 FR-007, S2 FR-007, S3 FR-006, S0 SC-005, S1 SC-001, S2 SC-005, S3 SC-002, S3 SC-007: whatever several users do, in whatever order, the API does what a simple model does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const real = { users: Array.from({ length: USERS }, () => freshUser()) };
      const model: Model = { tasks: real.users.map(() => []), keys: real.users.map(() => new Map()) };
      for (const each of steps) await take(each, model, real);
    }),
    { numRuns: overNeon ? 270 : 30 }, // 300 in all; a request of a test costs least on the first way.
  );
}, 180_000);
