/** The OpenAPI document for tests in the Workers runtime; `openapi-plugin.ts` makes it. */
declare module 'virtual:openapi' {
  /** What the document says of an answer; a `schema` is where it stands in the document. */
  export type DocumentedAnswer = {
    /** By their names in lower case. */
    headers: Record<string, { required: boolean; isNumber: boolean; schema: string }>;
    body?: { type: string; schema: string };
  };

  /** What it says of a path: each method's answers by their status. */
  export type DocumentedPath = { template: string; methods: Record<string, Record<string, DocumentedAnswer>> };

  export const paths: DocumentedPath[];

  /** By where the schema stands in the document. */
  export const validators: Record<
    string,
    ((value: unknown) => boolean) & { errors?: { instancePath: string; message?: string }[] | null }
  >;
}
