import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cloneProject, npmRun } from './npm-run.ts';

test('npm test fails where a test fails', { timeout: 300_000 }, async () => {
  const clone = cloneProject();
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  const failing = "import { expect, test } from 'vitest';\n\ntest('fails', () => expect(1).toBe(2));\n";
  writeFileSync(join(clone, 'test/node/failing.test.ts'), failing);
  const run = npmRun(['test', '--', '--project=shell', 'test/node/failing.test.ts'], {}, clone);
  const { status, output } = await run.untilExit();
  expect(output).toContain('1 failed');
  expect(status).toBe(1);
});
