import packageJson from '../package.json' with { type: 'json' };
import { headers } from './headers.ts';
import { introduction } from './introduction.ts';
import { parameters } from './parameters.ts';
import { PREFLIGHT_TAG } from './preflight.ts';
import { responses } from './responses.ts';
import { schemas } from './schemas.ts';
import { SERVICE_TAG, servicePaths } from './service.ts';
import { type Address, collection, completion, item } from './tasks.ts';

const failures: Address['failures'] = ['Unauthorized', 'MethodNotAllowed', 'ServerError', 'Unavailable'];

const tokenAddress: Address = {
  path: '/api/tasks',
  tag: 'Tasks',
  noun: 'Task',
  schemas: { creation: 'NewTask', change: 'TaskChange' },
  parameters: [],
  failures,
};

const pathAddress: Address = {
  path: '/api/{user_id}/tasks',
  tag: 'Tasks by user',
  noun: 'UserTask',
  schemas: { creation: 'NewUserTask', change: 'UserTaskChange' },
  parameters: ['UserId'],
  failures: [...failures, 'Forbidden'],
};

const tags = [
  { name: tokenAddress.tag, description: 'The tasks of the token’s user.' },
  {
    name: pathAddress.tag,
    description:
      'The same tasks at an address that names their user, who must be the token’s. Another user’s task is answered with 403 here, where `/api/tasks` says 404, and descriptions may have any length.',
  },
  { name: SERVICE_TAG, description: 'What the deployment says of itself, without a token.' },
  { name: PREFLIGHT_TAG, description: 'What browsers ask by themselves, before a page of another origin may call.' },
];

/** The paths of the resource at one of its addresses. */
function taskPaths(address: Address) {
  return {
    [address.path]: collection(address),
    [`${address.path}/{id}`]: item(address),
    [`${address.path}/{id}/complete`]: completion(address),
  };
}

/**
 * The OpenAPI document, from the schemas that check the requests. Made when the Worker is built: nothing of it may be
 * imported by what runs in the Worker.
 */
export const document = {
  openapi: '3.1.1',
  info: { title: 'TaskFlow API', version: packageJson.version, description: introduction },
  servers: [{ url: '/', description: 'This deployment' }],
  security: [{ token: [] }],
  tags,
  paths: { ...taskPaths(tokenAddress), ...taskPaths(pathAddress), ...servicePaths },
  components: {
    securitySchemes: {
      token: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'A JWT of your Better Auth server, without the word `Bearer` before it.',
      },
    },
    schemas,
    parameters,
    headers,
    responses,
  },
};
