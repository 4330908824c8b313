import { catalogue } from '../src/http/errors.ts';

const errors = Object.entries(catalogue).map(([code, { status, detail }]) => `| ${status} | \`${code}\` | ${detail} |`);

/** The description of the API, in Markdown. */
export const introduction = `
The tasks of users who sign in with [Better Auth](https://www.better-auth.com). Each user can create, list, update,
complete and delete their own tasks, and sees no others.

**To try it here**, press *Authorize* and paste a token: this tab keeps it until you close it. \`npm run dev\` prints one, and
\`npm run token -- <user id>\` makes one for another user; in a page of your frontend, \`authClient.token()\` of Better Auth’s
\`jwt\` plugin returns one.

- **HEAD** works wherever GET does. A slash at the end of a path changes nothing.
- **Every response** has an \`X-Request-Id\`, which names the request in the log. A request may bring its own: 1–255 letters,
  digits, \`-\`, \`_\` and \`=\`.
- **Errors** have a \`detail\`, a sentence for people, and a \`code\`, a word for programs that never changes. Validation
  errors also have \`errors\`, one for each field or parameter. Their status is 422, or 400 if the deployment has
  \`VALIDATION_ERROR_STATUS=400\`.
- **Retries**: after a 503, or without a response, send the request again: a \`POST\` with the same \`Idempotency-Key\`, and
  \`completed\` instead of a toggle.

<details id="errors"><summary>All errors</summary>

| status | code | detail |
| --- | --- | --- |
${errors.join('\n')}

</details>
`.trim();
