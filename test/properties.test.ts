import fc from 'fast-check';
import { expect, test } from 'vitest';
import { call, freshUser, overNeon, routePrefixes } from './support/api.ts';

/** Any text that PostgreSQL can store, of any script, with control characters and line breaks. */
const text = (max: number) => fc.string({ unit: 'binary', maxLength: max }).map((value) => value.replaceAll('\0', ''));

const title = text(190).map((value) => `${value}x`);

// A call costs 40 ms over TCP, and the text passes through the same code.
const runs = overNeon ? 100 : 20;

test.each(routePrefixes)(
  'what is read under $prefix is what was sent, to the byte [S2 FR-012, S2 SC-009]',
  async ({ tasksOf }) => {
    const user = freshUser();
    const tasks = tasksOf(user);
    await fc.assert(
      fc.asyncProperty(title, fc.option(text(1000)), title, async (first, description, second) => {
        const created = await call(`POST ${tasks}`, { user, body: { title: first, description } });
        expect(created).toMatchObject({ status: 201, json: { title: first, description } });
        const path = `${tasks}/${created.json.id}`;
        expect((await call(`GET ${path}`, { user })).text).toBe(created.text);
        const updated = await call(`PUT ${path}`, { user, body: { title: second } });
        expect(updated).toMatchObject({ status: 200, json: { title: second, description } });
        expect((await call(`GET ${tasks}`, { user })).text).toBe(`[${updated.text}]`);
        expect((await call(`DELETE ${path}`, { user })).status).toBe(204);
      }),
      { numRuns: runs },
    );
  },
);

test('no JSON value as a body returns 500 [S1 SC-007, S2 SC-007]', async () => {
  const user = freshUser();
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({ title: fc.jsonValue(), description: fc.jsonValue(), completed: fc.jsonValue() }),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (body) => {
      const { status, json } = await call('POST /api/tasks', { user, body: JSON.stringify(body) });
      expect([201, 422]).toContain(status);
      if (status === 422) expect(json).toMatchObject({ detail: expect.any(String), code: 'validation_failed' });
    }),
    { numRuns: 2.5 * runs },
  );
});
