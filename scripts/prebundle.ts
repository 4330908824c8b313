import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import { is, SQL } from 'drizzle-orm';
import * as listStatements from '../src/tasks/list-statements.ts';
import * as statements from '../src/tasks/statements.ts';
import { buildDocs } from './build-docs.ts';
import { writeNew } from './write-new.ts';

/** Where `[alias]` of `wrangler.toml` looks. */
const folder = resolve(import.meta.dirname, '../dist/prebundled');

/** Writes the modules that the Worker gets in the place of others, so that it starts sooner. */
export function prebundle(): void {
  writeNew(`${folder}/statements.js`, withoutDrizzle(statements));
  writeNew(`${folder}/list-statements.js`, withoutDrizzle(listStatements));
  for (const name of builtinModules.filter((name) => !name.includes(':')))
    writeNew(`${folder}/node/${name}.cjs`, loadedOnUse(name));
}

/**
 * The statements of a module as Drizzle has written them, without the parts that they share.
 *
 * @throws {Error} where it exports anything else, which the Worker would lack.
 */
function withoutDrizzle(exported: Record<string, unknown>): string {
  const lines = Object.entries(exported).flatMap(([name, value]) => {
    if (is(value, SQL)) return [];
    if (typeof value !== 'function' || !('written' in value)) throw new Error(`${name} is no statement`);
    return [`export const ${name} = statement(${JSON.stringify(value.written)});`];
  });
  return ["import { statement } from '../../src/db/statement.ts';", ...lines, ''].join('\n');
}

/** A module of Node's for a library that requires it. A bundler would import it, and so have each isolate load it. */
function loadedOnUse(name: string): string {
  return `module.exports = process.getBuiltinModule('node:${name}');\n`;
}

// wrangler runs this by itself, each time before it bundles.
if (import.meta.main) {
  buildDocs();
  prebundle();
}
