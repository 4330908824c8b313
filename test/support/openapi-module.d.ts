/** The OpenAPI document for tests in the Workers runtime; `openapi-plugin.ts` makes it. */
declare module 'virtual:openapi' {
  type Validate = ((value: unknown) => boolean) & {
    errors?: { instancePath: string; message?: string; params: Record<string, unknown> }[] | null;
  };

  /** Every operation, the first example of its body, and a function for each status that takes `{ headers, body }`. */
  export const operations: {
    method: string;
    path: string;
    body: object | undefined;
    responses: Record<string, Validate>;
  }[];

  /** The schemas of the components, by name. */
  export const schemas: Record<string, Validate>;
}
