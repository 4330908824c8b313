import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ApiResponse, call, freshUser, overNeon } from './support/api.ts';

type Task = { id: number; title: string; description: string | null; completed: boolean; version: number };

/** What the API should hold of a user: tasks, oldest first, and used keys. */
type User = { name: string; tasks: Task[]; keys: Map<number, { body: string; id: number }> };

/** One step of one user, who addresses one of their tasks if there are any. */
type Step = {
  user: User;
  other: User;
  task: Task | undefined;
  nth: number;
  underUser: boolean;
  title: string;
  description: string | null;
  completed: boolean;
  stale: boolean;
};

/** What users do. Each does it in the model and in the API, and compares the two. */
const actions: Record<string, (step: Step) => Promise<unknown>> = {
  create: async (step) => {
    const { title, description, completed } = step;
    addCreated(step, await send(step, 'POST', '', { title, description, completed }));
  },
  createOnce: async (step) => {
    const { user, nth, title, description, completed } = step;
    const sent = { title, description, completed };
    const body = JSON.stringify(sent);
    const response = await send(step, 'POST', '', sent, { 'Idempotency-Key': String(nth) });
    const used = user.keys.get(nth);
    if (!used) user.keys.set(nth, { body, id: addCreated(step, response).id });
    else if (used.body === body) expect([response.status, response.json.id]).toEqual([201, used.id]);
    else expect([response.status, response.json.code]).toEqual([422, 'idempotency_key_reused']);
  },
  list: async (step) => expectList(step.user, await send(step, 'GET'), step.user.tasks),
  filter: async (step) => {
    const expected = step.user.tasks.filter(({ completed }) => completed === step.completed);
    expectList(step.user, await send(step, 'GET', `?completed=${step.completed}`), expected);
  },
  page: async (step) => {
    const limit = step.nth + 1;
    const page = await send(step, 'GET', `?limit=${limit}`);
    expectList(step.user, page, step.user.tasks.slice(-limit));
    expect(page.headers.has('link')).toBe(step.user.tasks.length > limit);
  },
  get: async (step) => {
    const response = await send(step, 'GET', `/${step.task?.id ?? 0}`);
    if (step.task) expectTask(step.user, response, 200, step.task);
    else expect(response.status).toBe(404);
  },
  put: (step) => change(step, 'PUT', '', { title: step.title, completed: step.completed }),
  patch: (step) => change(step, 'PATCH', '', { description: step.description }),
  toggle: (step) => change(step, 'PATCH', '/complete', { completed: !step.task?.completed }, null),
  complete: (step) => change(step, 'PATCH', '/complete', { completed: step.completed }),
  delete: async (step) => {
    const { user, task, stale } = step;
    const { status } = await send(step, 'DELETE', `/${task?.id ?? 0}`, undefined, ifMatch(step));
    expect(status).toBe(task ? (stale ? 412 : 204) : 404);
    if (status === 204) user.tasks = user.tasks.filter((each) => each !== task);
  },
  steal: async (step) => {
    const task = step.other.tasks.at(-1);
    if (!task || step.other === step.user) return;
    const { status, json } = await send(step, 'PUT', `/${task.id}`, { title: 'stolen' });
    expect([status, json.code]).toEqual(step.underUser ? [403, 'forbidden'] : [404, 'not_found']);
  },
};

function send({ user, underUser }: Step, method: string, suffix = '', body?: object, headers?: Record<string, string>) {
  const path = underUser ? `/api/${user.name}/tasks` : '/api/tasks';
  return call(`${method} ${path}${suffix}`, { user: user.name, body, headers });
}

const ifMatch = ({ task, stale }: Step) => ({ 'If-Match': `"0", "${(task?.version ?? 1) + (stale ? 1 : 0)}"` });

/** @param body null for none; by default the changes themselves. */
async function change(
  step: Step,
  method: string,
  suffix: string,
  changes: Partial<Task>,
  body: object | null = changes,
) {
  const { user, task, stale } = step;
  const response = await send(step, method, `/${task?.id ?? 0}${suffix}`, body ?? undefined, ifMatch(step));
  if (!task || stale) return expect(response.status).toBe(task ? 412 : 404);
  const isChanged = JSON.stringify({ ...task, ...changes }) !== JSON.stringify(task);
  Object.assign(task, changes, { version: task.version + (isChanged ? 1 : 0) });
  return expectTask(user, response, 200, task);
}

function addCreated({ user, title, description, completed }: Step, response: ApiResponse): Task {
  const task = { id: response.json.id, title, description, completed, version: 1 };
  expectTask(user, response, 201, task);
  user.tasks.push(task);
  return task;
}

function expectTask(user: User, { status, headers, json }: ApiResponse, expectedStatus: number, task: Task): void {
  expect([status, headers.get('etag')]).toEqual([expectedStatus, `"${task.version}"`]);
  expect(json).toMatchObject(toJson(user, task));
}

function expectList(user: User, { status, json }: ApiResponse, tasks: Task[]): void {
  expect([status, json.length]).toEqual([200, tasks.length]);
  expect(json).toMatchObject(tasks.toReversed().map((task) => toJson(user, task)));
}

function toJson({ name }: User, { version: _, ...task }: Task) {
  return { ...task, user_id: name, is_completed: task.completed };
}

/** Any text that PostgreSQL can store, of any script, with control characters and line breaks. */
const text = (max: number) => fc.string({ unit: 'binary', maxLength: max }).map((value) => value.replaceAll('\0', ''));

const arbitrarySteps = fc.array(
  fc.record({
    action: fc.constantFrom(...Object.values(actions)),
    user: fc.nat(2),
    other: fc.nat(2),
    nth: fc.nat(3),
    underUser: fc.boolean(),
    title: fc.oneof(
      fc.constantFrom('a', 'b'),
      text(190).map((value) => `${value}x`),
    ),
    description: fc.option(text(1000), { freq: 1 }),
    completed: fc.boolean(),
    stale: fc.boolean(),
  }),
  { minLength: 1, maxLength: 28, size: 'max' },
);

test('whatever three users do, in whatever order, the API does what a simple model does, and keeps texts to the byte [S2 FR-012, S2 SC-009, S0 FR-007, S2 FR-007, S3 FR-006, S0 SC-005, S1 SC-001, S2 SC-005, S3 SC-002, S3 SC-007]', async () => {
  const newUser = (): User => ({ name: freshUser(), tasks: [], keys: new Map() });
  await fc.assert(
    fc.asyncProperty(arbitrarySteps, async (steps) => {
      const users: [User, User, User] = [newUser(), newUser(), newUser()];
      for (const { action, ...step } of steps) {
        const user = users[step.user] ?? users[0];
        const task = user.tasks[step.nth % Math.max(user.tasks.length, 1)];
        await action({ ...step, user, other: users[step.other] ?? users[1], task });
      }
    }),
    { numRuns: overNeon ? 60 : 15 },
  );
}, 180_000);
