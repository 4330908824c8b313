import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { document } from '../src/openapi.ts';
import { writeNew } from './write-new.ts';

const project = resolve(import.meta.dirname, '..');
const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** What the Worker serves beside its answers: where each file lies there, and where it comes from. */
const files: Record<string, string> = {
  'docs/page.html': `${project}/src/docs/page.html`,
  'docs/page.css': `${project}/src/docs/page.css`,
  'docs/page.js': `${project}/src/docs/page.js`,
  'docs/favicon-32x32.png': `${viewer}/favicon-32x32.png`,
  'docs/swagger-ui.css': `${viewer}/swagger-ui.css`,
  'docs/swagger-ui-bundle.js': `${viewer}/swagger-ui-bundle.js`,
  'docs/swagger-ui-bundle.js.LICENSE.txt': `${viewer}/swagger-ui-bundle.js.LICENSE.txt`,
};

/** Puts the OpenAPI document and the page that shows it into the folder of the Worker's assets. */
export function buildDocs(folder = `${project}/dist/assets`): void {
  writeNew(`${folder}/openapi.json`, JSON.stringify(document));
  for (const [path, source] of Object.entries(files)) writeNew(`${folder}/${path}`, readFileSync(source));
}
