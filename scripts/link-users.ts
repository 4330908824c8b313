import { databaseUrlOf, withDatabase } from './database.ts';
import { runCommand } from './run-command.ts';
import { linkUsers, unlinkUsers } from './user-link.ts';

const [action, table] = process.argv.slice(2);

await runCommand(async function link() {
  const url = databaseUrlOf(`npm run db:${action}-users`);
  console.log(
    await withDatabase(url, (client) => (action === 'unlink' ? unlinkUsers(client) : linkUsers(client, table))),
  );
});
