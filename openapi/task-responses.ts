import * as z from 'zod';
import { createTaskSchema, maxDescription } from '../src/tasks/task-schema.ts';
import { jsonResponse, responseHeaders } from './responses.ts';
import { task } from './schemas.ts';

/** Creates the task of the example responses. */
export const newTask = { title: 'Buy groceries', description: 'Milk, eggs, bread' };

const created = {
  id: 1,
  user_id: 'user_abc123',
  ...createTaskSchema(maxDescription.token).parse(newTask),
  is_completed: false,
  created_at: '2026-01-05T10:30:00.000Z',
  updated_at: '2026-01-05T10:30:00.000Z',
};
const completed = { ...created, completed: true, is_completed: true, updated_at: '2026-01-05T11:00:00.000Z' };

const taskHeaders = responseHeaders('Cache-Control', 'ETag');
const listHeaders = responseHeaders('Cache-Control', 'Link');
const createdHeaders = responseHeaders('Cache-Control', 'ETag', 'Location', 'Idempotency-Replayed');

export const createdTask = jsonResponse('The new task.', createdHeaders, { schema: task, example: created });
export const foundTask = jsonResponse('The task.', taskHeaders, { schema: task, example: created });
export const foundTasks = jsonResponse('The tasks.', listHeaders, { schema: z.array(task), example: [created] });
export const updatedTask = jsonResponse('The updated task.', taskHeaders, { schema: task, example: completed });
export const notModified = { description: 'The client’s version is current.', headers: taskHeaders };
export const deleted = { description: 'The task is deleted.', headers: responseHeaders('Cache-Control') };
