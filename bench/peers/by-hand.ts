/**
 * The tasks as one writes them by hand with a bare driver: one statement per request, rows mapped to the wire form,
 * no framework. The floor and the Node server share it.
 */
export type Query = (statement: string, values: unknown[]) => Promise<Row[]>;

export type Row = {
  id: string;
  user_id: string;
  title: string;
  description: string | null;
  is_completed: boolean;
  created_at: Date;
  updated_at: Date;
};

export type Answer = { status: number; body: unknown; headers?: Record<string, string> };

const columns = 'id, user_id, title, description, is_completed, created_at, updated_at';

const statements = {
  list: `select ${columns} from tasks where user_id = $1 order by created_at desc, id desc`,
  get: `select ${columns} from tasks where user_id = $1 and id = $2`,
  create: `insert into tasks (user_id, title, description) values ($1, $2, $3) returning ${columns}`,
  toggle: `update tasks set is_completed = not is_completed, version = version + 1, updated_at = now()
    where user_id = $1 and id = $2 returning ${columns}`,
};

export const notAuthenticated: Answer = {
  status: 401,
  body: { detail: 'Not authenticated', code: 'not_authenticated' },
  headers: { 'WWW-Authenticate': 'Bearer' },
};

const notFound: Answer = { status: 404, body: { detail: 'Task not found', code: 'not_found' } };

/** Answers `/api/tasks`, `/api/tasks/{id}` and `/api/tasks/{id}/complete` for a user who has been verified. */
export async function answerTasks(
  method: string,
  path: string,
  userId: string,
  readBody: () => Promise<string>,
  query: Query,
): Promise<Answer> {
  const [, , , id] = path.split('/');
  if (id === undefined && method === 'POST') return create(await readBody(), userId, query);
  if (id === undefined) return { status: 200, body: (await query(statements.list, [userId])).map(wireForm) };
  if (!/^\d{1,18}$/.test(id)) return invalid('id', 'must be a whole number');
  const [row] = await query(method === 'PATCH' ? statements.toggle : statements.get, [userId, id]);
  return row ? { status: 200, body: wireForm(row) } : notFound;
}

async function create(body: string, userId: string, query: Query): Promise<Answer> {
  const { title, description = null } = JSON.parse(body);
  if (typeof title !== 'string' || title.trim() === '' || title.length > 200)
    return invalid('title', 'must have 1 to 200 characters');
  if (description !== null && (typeof description !== 'string' || description.length > 1000))
    return invalid('description', 'must have at most 1000 characters');
  const [row] = await query(statements.create, [userId, title, description]);
  return { status: 201, body: wireForm(row as Row), headers: { Location: `/api/tasks/${row?.id}` } };
}

function invalid(field: string, message: string): Answer {
  const body = { detail: `${field}: ${message}`, code: 'validation_failed', errors: [{ field, message }] };
  return { status: 422, body };
}

function wireForm({ id, user_id, title, description, is_completed, created_at, updated_at }: Row) {
  const completed = is_completed;
  return { id: Number(id), user_id, title, description, completed, is_completed, created_at, updated_at };
}
