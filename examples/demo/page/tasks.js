import { showError } from './form-errors.js';
import { api } from './requests.js';
import { createItem } from './task-item.js';

const $ = (selector) => document.querySelector(selector);
const [form, list, empty] = [$('#create'), $('#list'), $('#empty')];

const EMPTY = {
  all: 'No tasks yet. Add the first one above.',
  pending: 'Nothing is left to do.',
  completed: 'Nothing is completed yet.',
};

const status = () => $('#filter input:checked').value;
const isShown = ({ completed }) => status() === 'all' || completed === (status() === 'completed');

$('#filter').addEventListener('change', () => loadTasks());

/** Stays the same until the task is created: whoever sends the form again gets one task. */
let key = crypto.randomUUID();

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  showError(form);
  const { title, description } = Object.fromEntries(new FormData(form));
  event.submitter.disabled = true; // A second submit would show the same task twice.
  try {
    const body = { title, ...(description && { description }) };
    const task = (await api('POST', '/api/tasks', { body, headers: { 'Idempotency-Key': key } })).body;
    key = crypto.randomUUID();
    form.reset();
    form.elements.title.focus();
    if (isShown(task)) list.prepend(createItem(task, update));
    update();
  } catch (error) {
    showError(form, error);
  } finally {
    event.submitter.disabled = false;
  }
});

form.addEventListener('input', () => {
  key = crypto.randomUUID();
});

/** Shows the tasks that the filter selects. */
export async function loadTasks() {
  $('#list-error').textContent = '';
  const query = status() === 'all' ? '' : `?status=${status()}`;
  try {
    const tasks = (await api('GET', `/api/tasks${query}`)).body;
    list.replaceChildren(...tasks.map((task) => createItem(task, update)));
    update();
  } catch (error) {
    $('#list-error').textContent = error.message;
  }
}

export function clearTasks() {
  list.replaceChildren();
  form.reset();
  showError(form);
}

/** After a change: removes the item that the filter no longer selects, and keeps the focus in the list. */
function update(item, task) {
  if (item && !(task && isShown(task))) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    (next?.querySelector('input') ?? form.elements.title).focus();
  }
  empty.textContent = EMPTY[status()];
  empty.hidden = list.children.length > 0;
}
