import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { build } from 'esbuild';
import type { Plugin } from 'vitest/config';
import { document } from '../../openapi/document.ts';

const MODULE = 'virtual:openapi';

type Json = Record<string, any>;

const { components = {}, paths = {} } = document;

const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries<Json>(item as Json).map(([method, { requestBody, responses }]) => ({
    method: method.toUpperCase(),
    path,
    body: requestBody && firstExample(requestBody.content['application/json']),
    responses,
  })),
);

function firstExample({ example, examples }: Json): unknown {
  return example ?? Object.values<Json>(examples)[0]?.value;
}

/**
 * Gives the tests the OpenAPI document as a module of validating functions. They are compiled here, in Node: the
 * Workers runtime does not evaluate code from strings, which is what ajv writes.
 */
export function openapiPlugin(): Plugin {
  return {
    name: 'openapi',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) => (id === `\0${MODULE}` ? moduleCode() : undefined),
  };
}

async function moduleCode(): Promise<string> {
  const responses = [...new Set(operations.flatMap((operation) => Object.values<Json>(operation.responses)))];
  const schemas = Object.keys(components.schemas ?? {});
  const functions = compile({ components, responses: responses.map(responseSchema) }, [
    ...schemas.map((name) => [name, `components/schemas/${name}`]),
    ...responses.map((_, index) => [`response${index}`, `responses/${index}`]),
  ]);
  const table = operations.map(({ method, path, body, responses: byStatus }) => {
    const entries = Object.entries<Json>(byStatus as Json).map(
      ([status, one]) => `${status}: response${responses.indexOf(one)}`,
    );
    return `{ method: '${method}', path: '${path}', body: ${JSON.stringify(body)}, responses: { ${entries} } }`;
  });
  const contents = `${functions}; export const operations = [${table}]; export const schemas = { ${schemas} };`;
  const options = { bundle: true, format: 'esm', minify: true, write: false } as const;
  const { outputFiles } = await build({ stdin: { contents, resolveDir: import.meta.dirname }, ...options });
  return outputFiles[0]?.text ?? '';
}

/** @returns code with a function of each name, for the schema at its pointer in `root`. */
function compile(root: Json, pointers: string[][]): string {
  const ajv = new Ajv2020({ strict: false, allErrors: true, code: { source: true, esm: true } });
  addFormats(ajv);
  ajv.addSchema(root, 'root');
  return standaloneCode(ajv, Object.fromEntries(pointers.map(([name, pointer]) => [name, `root#/${pointer}`])));
}

/** The schema of a response as `{ headers, body }`, with the names of headers in lower case. */
function responseSchema(response: Json): Json {
  const { headers, content = {} } = resolve(response);
  const [type] = Object.keys(content);
  const contentType = { required: type !== undefined, schema: type ? { const: type } : {} };
  const entries = Object.entries<Json>({ ...headers, 'content-type': contentType }).map(
    ([name, header]) => [name.toLowerCase(), resolve(header)] as const,
  );
  const schemas = Object.fromEntries(entries.map(([name, { schema }]) => [name, textSchema(schema)]));
  const required = entries.filter(([, header]) => header.required).map(([name]) => name);
  return exactly({ headers: exactly(schemas, required), ...(type && { body: content[type].schema }) });
}

/** A header is text, also where the document says that it is an integer. */
const textSchema = (schema: Json) => (schema.type === 'integer' ? { pattern: '^[1-9][0-9]*$' } : schema);

const exactly = (properties: Json, required = Object.keys(properties)) => ({
  properties,
  required,
  additionalProperties: false,
});

/** Follows a reference to a component. */
function resolve(part: Json): Json {
  const [, kind, name] = /^#\/components\/(\w+)\/(.+)$/.exec(part.$ref ?? '') ?? [];
  return kind && name ? (components as Json)[kind][name] : part;
}
