/** The description of the API, in Markdown. */
export const introduction = `
The tasks of users who sign in with [Better Auth](https://www.better-auth.com). Each user can create, list, update,
complete and delete their own tasks, and sees no others.

**To try it here**, press *Authorize* and paste a token. \`npm run dev\` prints one, and \`npm run token -- <user id>\`
makes one for another user; in a page of your frontend, \`authClient.token()\` of Better Auth’s \`jwt\` plugin returns one.

- **HEAD** works wherever GET does. A slash at the end of a path changes nothing.
- **Errors** have a \`detail\`, a sentence for people, and a \`code\`, a word for programs that never changes. Validation
  errors also have \`errors\`, one for each field or parameter. Their status is 422, or 400 where the deployment has
  \`VALIDATION_ERROR_STATUS=400\`.
- **Retries**: after a 503, or without a response, send the request again: a \`POST\` with the same \`Idempotency-Key\`, and
  \`completed\` in place of a toggle.
`.trim();
