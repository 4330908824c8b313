import { createDocument } from 'zod-openapi';
import packageJson from '../package.json' with { type: 'json' };
import { introduction } from './introduction.ts';
import { headers } from './responses.ts';
import { describeFields } from './schemas.ts';
import { servicePaths } from './service.ts';
import { taskPaths } from './tasks.ts';

const tags = [
  { name: 'Tasks', description: 'The tasks of the token’s user.' },
  {
    name: 'Tasks by user',
    description:
      'The same tasks under a path that names their user, who must be the token’s. Here another user’s task gets 403 instead of 404, and descriptions have no maximum length.',
  },
  { name: 'Service', description: 'The state of the deployment. No token is needed.' },
];

const token = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'A JWT of your Better Auth server, without the word `Bearer`.',
} as const;

/** The OpenAPI document, from the schemas that validate the requests. It is written when the Worker is built. */
export const document = createDocument(
  {
    openapi: '3.1.1',
    info: { title: 'TaskFlow API', version: packageJson.version, description: introduction },
    servers: [{ url: '/', description: 'This deployment' }],
    security: [{ token: [] }],
    tags,
    paths: { ...taskPaths, ...servicePaths },
    components: { headers, securitySchemes: { token } },
  },
  { override: describeFields },
);
