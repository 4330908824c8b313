import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { fromTcpError } from '../../src/db/errors.ts';
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

test.each([null, ''])('what `pg` throws when a server wants a password and the URL has none: %j', async (password) => {
  const { continueSession } = createRequire(import.meta.url)('pg/lib/crypto/sasl.js');
  const thrown = (async () => continueSession({ message: 'SASLInitialResponse' }, password, 'r=x'))();
  const error = fromTcpError(await thrown.catch((error) => error));
  expect([error.meaning.reason, error.meaning.transient]).toEqual(['password or user refused', true]);
});

const read = (path: string) => readFileSync(path, 'utf8');
const sourceOf = (name: string) => read(`src/${name}.ts`);

test('docs/operations.md has a row for each reason of a database failure, with its status and tries, and no other', () => {
  const kinds = { lasting: '503 | 1', broken: '503 | 2', busy: '503 | 6', bug: '500 | 1' };
  const meanings = [...sourceOf('db/errors').matchAll(/(lasting|broken|busy|bug)\(\s*['`]([^'`]+)['`]/g)].map(
    ([, kind, reason]) => `${reason?.replace(/\$\{\w+\}/, '5xx')} | ${kinds[kind as keyof typeof kinds]}`,
  );
  const failures = [...sourceOf('network-failure').matchAll(/(?:, '([a-zA-Z ]+)'\]|\?\? '([a-zA-Z ]+)')/g)].map(
    ([, reason = '', other = '']) => reason || other,
  );
  const ofNetwork = failures.map(
    (reason) => `${reason} | ${reason.startsWith('connection') ? kinds.broken : kinds.lasting}`,
  );
  const rows = [...read('docs/operations.md').matchAll(/^\| ([^`|]+ \| 50[03] \| \d) \|/gm)].map(([, row]) => row);
  expect(rows.toSorted()).toEqual([...new Set([...meanings, ...ofNetwork])].sort());
});

test('docs/operations.md names each failure of the JWKS', () => {
  const docs = read('docs/operations.md');
  const reasons = [...sourceOf('auth/jwks-fetch').matchAll(/failure: '([^']+)'/g)].map(([, reason]) => reason);
  expect(reasons.length).toBeGreaterThan(2);
  expect(reasons.filter((reason) => !docs.includes(reason ?? ''))).toEqual([]);
});
