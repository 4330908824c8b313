import { answerHeaders } from './headers.ts';
import { parameterRefs } from './parameters.ts';
import { preflight } from './preflight.ts';
import { failures } from './responses.ts';

/** The tag of what a deployment says of itself. */
export const SERVICE_TAG = 'Service';

const ok = {
  description: 'All is well.',
  headers: answerHeaders(),
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: { status: { const: 'ok' } },
        required: ['status'],
        additionalProperties: false,
      },
      example: { status: 'ok' },
    },
  },
};

const parts = ['info', 'servers', 'security', 'tags', 'paths', 'components'];

const documentSchema = {
  type: 'object',
  properties: {
    openapi: { type: 'string', pattern: '^3\\.1\\.' },
    ...Object.fromEntries(parts.map((part) => [part, { type: ['object', 'array'] }])),
  },
  required: ['openapi', ...parts],
  additionalProperties: false,
};

const document = {
  operationId: 'getDocument',
  tags: [SERVICE_TAG],
  summary: 'This document',
  security: [],
  parameters: parameterRefs('IfNoneMatch'),
  responses: {
    200: {
      description: 'The OpenAPI document of this API.',
      headers: fileHeaders(),
      content: { 'application/json': { schema: documentSchema } },
    },
    304: { description: 'You have it already.', headers: fileHeaders() },
    ...failures('MethodNotAllowed', 'ServerError'),
  },
};

/** A file may be kept, and is asked for again by its tag. */
function fileHeaders() {
  return {
    ...answerHeaders(),
    ETag: { description: 'Of what it holds.', required: true, schema: { type: 'string', pattern: '^(W/)?"[^"]+"$' } },
    'Cache-Control': {
      description: 'It may be kept, but must be asked for again.',
      required: true,
      schema: { type: 'string', const: 'public, max-age=0, must-revalidate' },
    },
  };
}

/** The paths beside the tasks. */
export const servicePaths = {
  '/health': {
    parameters: parameterRefs('RequestId'),
    get: {
      operationId: 'getHealth',
      tags: [SERVICE_TAG],
      summary: 'Whether the Worker answers',
      description: 'Asks no database, and no token.',
      security: [],
      responses: { 200: ok, ...failures('MethodNotAllowed', 'ServerError') },
    },
    options: preflight('preflightHealth'),
  },
  '/ready': {
    parameters: parameterRefs('RequestId'),
    get: {
      operationId: 'getReadiness',
      tags: [SERVICE_TAG],
      summary: 'Whether the database answers too',
      security: [],
      responses: { 200: ok, ...failures('MethodNotAllowed', 'ServerError', 'Unavailable') },
    },
    options: preflight('preflightReadiness'),
  },
  '/openapi.json': {
    parameters: parameterRefs('RequestId'),
    get: document,
    options: preflight('preflightDocument'),
  },
};
