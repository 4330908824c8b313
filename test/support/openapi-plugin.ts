import type { DocumentedAnswer, DocumentedPath } from 'virtual:openapi';
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { build } from 'esbuild';
import type { Plugin } from 'vitest/config';
import { document } from '../../openapi/document.ts';

const MODULE = 'virtual:openapi';

type Json = Record<string, any>;

/** Where in the document a schema is. */
type Pointer = string;

/**
 * Gives the tests the OpenAPI document as a module: what each path answers, and a function for each schema. Made here,
 * in Node, since ajv writes code, which the Workers runtime does not run from strings.
 */
export function openapiPlugin(): Plugin {
  return {
    name: 'openapi',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) => (id === `\0${MODULE}` ? moduleCode() : undefined),
  };
}

async function moduleCode(): Promise<string> {
  const schemas = new Set<Pointer>(
    Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`),
  );
  const paths = Object.entries(document.paths).map(([template, item]) => pathOf(template, item, schemas));
  const ajv = new Ajv2020({ strict: false, code: { source: true, esm: true } });
  addFormats(ajv);
  ajv.addSchema(document, 'openapi');
  for (const pointer of schemas) ajv.addSchema({ $ref: `openapi${pointer}` }, pointer);
  const names = Object.fromEntries([...schemas].map((pointer, index) => [`check${index}`, pointer]));
  const { outputFiles } = await build({
    stdin: { contents: standaloneCode(ajv, names), resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    write: false,
  });
  const table = Object.entries(names).map(([name, pointer]) => `${JSON.stringify(pointer)}: ${name}`);
  return `${outputFiles[0]?.text}
    export const paths = ${JSON.stringify(paths)};
    export const validators = { ${table.join(', ')} };`;
}

function pathOf(template: string, item: Json, schemas: Set<Pointer>): DocumentedPath {
  const methods = Object.entries(item).filter(([name]) => name !== 'parameters');
  const answers = methods.map(([method, { responses }]) => {
    const at = `#/paths/${escaped(template)}/${method}/responses`;
    const byStatus = Object.entries(responses as Json).map(([status, response]) => [
      status,
      answerOf(response, `${at}/${status}`, schemas),
    ]);
    return [method.toUpperCase(), Object.fromEntries(byStatus)];
  });
  return { template, methods: Object.fromEntries(answers) };
}

function answerOf(response: Json, at: Pointer, schemas: Set<Pointer>): DocumentedAnswer {
  const [answer, pointer] = followed(response, at);
  const { headers, content = {} } = answer;
  const listed = Object.entries(headers as Json).map(([name, header]) => {
    const [{ required = false, schema }, where] = followed(header, `${pointer}/headers/${escaped(name)}`);
    schemas.add(`${where}/schema`);
    return [name.toLowerCase(), { required, isNumber: schema.type === 'integer', schema: `${where}/schema` }];
  });
  const [type] = Object.keys(content);
  const body = type && `${pointer}/content/${escaped(type)}/schema`;
  if (body) schemas.add(body);
  return { headers: Object.fromEntries(listed), ...(type && { body: { type, schema: body as Pointer } }) };
}

/** @returns what a reference leads to, and where that is. */
function followed(part: Json, at: Pointer): [Json, Pointer] {
  if (!part.$ref) return [part, at];
  const target = (part.$ref as string)
    .slice(2)
    .split('/')
    .reduce<Json>((inner, name) => inner[name], document);
  return [target, part.$ref];
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
