import { expect, test } from 'vitest';
import { cloneProject, npmRun } from './npm-run.ts';

test('npm run demo serves a page, and an API that accepts its users’ tokens', async () => {
  const clone = cloneProject();
  const demo = npmRun(['demo'], { PORT: '0' }, clone);
  const output = await demo.until('logged below:\n');
  const [, page = ''] = /^Open +(\S+)$/m.exec(output) ?? [];
  const { apiUrl } = (await (await fetch(`${page}/config.json`)).json()) as { apiUrl: string };
  expect(await (await fetch(page)).text()).toContain('<title>TaskFlow demo</title>');
  expect((await fetch(`${page}/..%2fpage-server.ts`)).status).toBe(404);

  const signedUp = await fetch(`${page}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: page },
    body: JSON.stringify({ name: 'Ada', email: 'ada@example.com', password: 'analytical engine' }),
  });
  const headers = { Cookie: signedUp.headers.getSetCookie().join('; ') };
  const { token } = (await (await fetch(`${page}/api/auth/token`, { headers })).json()) as { token: string };
  const tasks = await fetch(`${apiUrl}/api/tasks`, { headers: { Authorization: `Bearer ${token}`, Origin: page } });
  expect([tasks.status, await tasks.json()]).toEqual([200, []]);
  expect(tasks.headers.get('Access-Control-Allow-Origin')).toBe(page);
  await demo.pressControlC();
});
