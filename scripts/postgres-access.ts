import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDatabase } from './database.ts';

const DATABASE = 'taskflow';
const API_ROLE = 'taskflow_api';

/** How to connect as the owner: kept in the data folder, in a file that only its owner can read. */
type Access = { port: number; password: string };

const accessFile = (dataDir: string) => join(dataDir, 'taskflow.json');

/** @returns undefined for a folder that is new or of an older version. */
export function readAccess(dataDir: string): Access | undefined {
  return existsSync(accessFile(dataDir)) ? JSON.parse(readFileSync(accessFile(dataDir), 'utf8')) : undefined;
}

export function saveAccess(dataDir: string, access: Access): void {
  writeFileSync(accessFile(dataDir), JSON.stringify(access), { mode: 0o600 });
}

export const randomPassword = () => randomBytes(16).toString('hex');

/** A connection string; by default the owner's, of our database. */
export const urlOf = ({ port, password }: Access, database = DATABASE, role = 'postgres') =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;

/** Changes the owner's password. */
export async function setPassword(access: Access, password: string): Promise<void> {
  await withDatabase(urlOf(access, 'postgres'), (client) => client.query(`alter role postgres password '${password}'`));
}

/**
 * Creates the database and the role of the API if they are missing: an earlier start may have been interrupted.
 *
 * @returns the connection string of that role.
 */
export async function prepareDatabase(access: Access): Promise<string> {
  await withDatabase(urlOf(access, 'postgres'), async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
  const password = randomPassword();
  await withDatabase(urlOf(access), (client) => client.query(apiRole(password)));
  return urlOf({ ...access, password }, DATABASE, API_ROLE);
}

/** The role may use the tables that exist, and those that migrations create later, whatever policies they have. */
const apiRole = (password: string) => `
  do $$ begin create role ${API_ROLE}; exception when duplicate_object then null; end $$;
  alter role ${API_ROLE} login bypassrls password '${password}';
  grant select, insert, update, delete on all tables in schema public to ${API_ROLE};
  grant usage on all sequences in schema public to ${API_ROLE};
  alter default privileges in schema public grant select, insert, update, delete on tables to ${API_ROLE};
  alter default privileges in schema public grant usage on sequences to ${API_ROLE}`;
