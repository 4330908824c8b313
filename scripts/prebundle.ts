import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { resolve } from 'node:path';
import { rollup } from '@rollup/wasm-node';
import { is, SQL } from 'drizzle-orm';
import * as listStatements from '../src/tasks/list-statements.ts';
import * as statements from '../src/tasks/statements.ts';
import { buildDocs } from './build-docs.ts';
import { writeNew } from './write-new.ts';

/** Where `[alias]` of `wrangler.toml` looks. */
const folder = resolve(import.meta.dirname, '../dist/prebundled');

/** Writes the modules that the Worker gets in the place of others, so that it starts sooner. */
export async function prebundle(): Promise<void> {
  writeNew(`${folder}/neon.js`, await neonOverHttp());
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

/**
 * Neon's driver as far as `neon` needs it: half of it is node-postgres, for WebSockets. It comes as one file that
 * esbuild made, in which a bundler cannot see what may be left out if nothing uses it: the names that functions are
 * given, and the CommonJS modules that are loaded at the start. So these calls are marked, for Rollup: esbuild leaves
 * out less.
 *
 * @throws {Error} where they are not found.
 */
async function neonOverHttp(): Promise<string> {
  const driver = resolve(createRequire(import.meta.url).resolve('@neondatabase/serverless'), '../index.mjs');
  const text = readFileSync(driver, 'utf8');
  const callsOf = (helper: RegExp) => {
    const [, name] = helper.exec(text) ?? [];
    if (name === undefined) throw new Error(`Neon's driver has no ${helper} any more`);
    return new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}\\(`, 'g');
  };
  const pure = '/* @__PURE__ */ ';
  const marked = text
    .replace(callsOf(/(?<![\w$])([\w$]+)=\(\w,\w\)=>\w+\(\w,"name",/), `${pure}$&`) // __name(function, "its name")
    .replace(callsOf(/(?<![\w$])([\w$]+)=\((\w),\w,(\w)\)=>\(\3=\2!=null\?/), `${pure}$&${pure}`); // __toESM(require_module())
  const entry = `export { neon } from ${JSON.stringify(driver)};`;
  const bundle = await rollup({
    input: 'neon',
    plugins: [{ name: 'neon', resolveId: (id) => id, load: (id) => (id === driver ? marked : entry) }],
    treeshake: { propertyReadSideEffects: false },
  });
  const { output } = await bundle.generate({});
  await bundle.close();
  return output[0].code;
}

/** A module of Node's for a library that requires it. A bundler would import it, and so have each isolate load it. */
function loadedOnUse(name: string): string {
  return `module.exports = process.getBuiltinModule('node:${name}');\n`;
}

// wrangler runs this by itself, each time before it bundles.
if (import.meta.main) {
  buildDocs();
  await prebundle();
}
