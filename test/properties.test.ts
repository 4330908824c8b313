import fc from 'fast-check';
import { expect, test } from 'vitest';
import { call, freshUser } from './support/api.ts';

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
    { numRuns: 250 },
  );
});
