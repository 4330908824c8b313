import * as z from 'zod';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathItemObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponseObject,
} from 'zod-openapi';
import { methodNotAllowed, serverError, unavailable } from './errors.ts';
import { requestHeaders } from './parameters.ts';
import { jsonResponse, responseHeaders } from './responses.ts';

const object = z.looseObject({});
const documentSchema = z.looseObject({ openapi: z.string(), info: object, paths: object, components: object });

const assetHeaders = responseHeaders().extend({
  ETag: z.string(),
  'Cache-Control': z.literal('public, max-age=0, must-revalidate'),
});

const ok = jsonResponse('Available.', responseHeaders(), {
  schema: z.object({ status: z.literal('ok') }),
  example: { status: 'ok' },
});
const documentResponse = jsonResponse('The OpenAPI document.', assetHeaders, { schema: documentSchema });
const notModified = { description: 'The client’s copy is current.', headers: assetHeaders };

const failures = { ...methodNotAllowed, ...serverError };

/** An operation about the deployment, which needs no token. */
function service(
  operationId: string,
  summary: string,
  responses: Record<`${number}`, ZodOpenApiResponseObject>,
  requestParams: ZodOpenApiOperationObject['requestParams'] = {},
): ZodOpenApiPathItemObject {
  return { get: { operationId, tags: ['Service'], summary, security: [], requestParams, responses } };
}

/** The paths other than those of the tasks. */
export const servicePaths: ZodOpenApiPathsObject = {
  '/health': service('getHealth', 'Whether the Worker responds', { 200: ok, ...failures }),
  '/ready': service('getReadiness', 'Whether the database responds', { 200: ok, ...failures, ...unavailable }),
  '/openapi.json': service(
    'getDocument',
    'This document',
    { 200: documentResponse, 304: notModified, ...failures },
    { header: requestHeaders('If-None-Match') },
  ),
};
