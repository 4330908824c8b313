/** What stands above everything, in Markdown. */
export const introduction = `
The tasks of people who sign in with [Better Auth](https://www.better-auth.com): each may create, read, filter, change,
toggle and delete their own, and see nobody else’s.

**To try it here**, get a token, press *Authorize*, paste it, open an operation and press *Try it out*.

| where the API runs | a token |
| --- | --- |
| on your machine | \`npm run dev\` prints one, and \`npm run token -- <user id>\` makes one for another user |
| with your frontend | in a page, \`await authClient.token()\` of Better Auth’s \`jwt\` plugin, or what your route for tokens answers |

- **HEAD** is answered wherever GET is, with the same status and headers and no body.
- **A slash** at the end of a path changes nothing.
- **Errors** all have one shape: \`detail\`, a sentence for people, and \`code\`, a word for programs; and where rules are
  broken, \`errors\` with each of them.
- **Lost answers**: after a 503, or none, send the request again: a creation with the same \`Idempotency-Key\`, and instead
  of a toggle, the state that you want.
`.trim();
