import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeError } from '../../src/http/error-handler.ts';

test.each(['canary', 'canary\n    at canary (canary.ts:1:1)\n    at canary2 (file.ts:2:2)', ''])(
  'the log of an unexpected error has its class and frames, and nothing of its message %j',
  (message) => {
    const described = describeError(new TypeError(message));
    expect(described).toMatchObject({ code: 'internal_error', error: 'TypeError' });
    const stack = [described.stack].flat() as string[];
    expect(stack.length).toBeGreaterThan(0);
    expect(stack.length).toBeLessThanOrEqual(5);
    for (const frame of stack) expect(frame).toMatch(/^at /);
    expect(JSON.stringify(described)).not.toContain('canary');
  },
);

test('an error whose stack does not begin with its message shows no frames', () => {
  const error = new RangeError('changed');
  error.stack = `RangeError: changed\n    at changed (file.ts:1:1)`;
  error.message = 'another';
  expect(describeError(error)).toEqual({ code: 'internal_error', error: 'RangeError', stack: [] });
});

test('docs/operations.md names each reason of the log', async () => {
  const read = async (path: string) => await readFile(path, 'utf8');
  const [docs, ...sources] = await Promise.all(
    ['docs/operations.md', 'src/db/errors.ts', 'src/auth/jwks-fetch.ts', 'src/network-failure.ts'].map(read),
  );
  const patterns = [/(?:lasting|broken|busy|bug)\('([^']+)'\)/g, /failure: '([^']+)'/g, /, '([a-zA-Z ]+)'\],/g];
  const reasons = patterns.flatMap((pattern) => [...sources.join().matchAll(pattern)].map(([, reason]) => reason));
  expect(reasons.length).toBeGreaterThan(20);
  const text = docs?.replace(/\s+/g, ' ');
  expect([...new Set(reasons)].filter((reason) => !text?.includes(reason ?? ''))).toEqual([]);
});
