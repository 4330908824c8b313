import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addresses, call, freshUser, overNeon } from './support/api.ts';

/** Any string that PostgreSQL can hold, of any script, control characters and newlines included. */
const text = (max: number) => fc.string({ unit: 'binary', maxLength: max }).map((value) => value.replaceAll('\0', ''));

const title = text(190).map((value) => `${value}x`);

test.each(addresses)(
  'S2 FR-012, S2 SC-009: what is read back at the $address is what was sent, to the byte',
  async ({ tasksOf }) => {
    const user = freshUser();
    const tasks = tasksOf(user);
    await fc.assert(
      fc.asyncProperty(title, fc.option(text(1000)), title, async (first, description, second) => {
        const created = await call(`POST ${tasks}`, { user, body: { title: first, description } });
        expect(created).toMatchObject({ status: 201, json: { title: first, description } });
        const at = `${tasks}/${created.json.id}`;
        expect((await call(`GET ${at}`, { user })).json).toEqual(created.json);
        const updated = await call(`PUT ${at}`, { user, body: { title: second } });
        expect(updated).toMatchObject({ status: 200, json: { title: second, description } });
        expect((await call(`GET ${tasks}`, { user })).json[0]).toEqual(updated.json);
        expect((await call(`DELETE ${at}`, { user })).status).toBe(204);
      }),
      { numRuns: overNeon ? 100 : 20 }, // A request of a test costs least over Neon's way.
    );
  },
);

test('S1 SC-007, S2 SC-007: no JSON value whatever as a body gets a 500', async () => {
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
    { numRuns: overNeon ? 250 : 50 },
  );
});
