import { showError } from './form-errors.js';
import { api } from './requests.js';

const template = document.querySelector('#task-template');

/** @returns the list item of a task. `onChange` gets it after each change, and the task unless it was deleted. */
export function createItem(task, onChange) {
  const item = template.content.cloneNode(true).firstElementChild;
  const part = (selector) => item.querySelector(selector);
  const [form, checkbox, editButton] = [part('form'), part('input[type=checkbox]'), part('.edit')];
  const path = `/api/tasks/${task.id}`;
  let etag;

  const show = ({ title, description, completed }) => {
    checkbox.checked = completed;
    part('.title').textContent = title;
    part('.description').textContent = description ?? '';
    editButton.setAttribute('aria-label', `Edit ${title}`);
    part('.delete').setAttribute('aria-label', `Delete ${title}`);
  };

  const edit = (isEditing) => {
    form.hidden = !isEditing;
    part('.task').hidden = isEditing;
    (isEditing ? form.elements.title : editButton).focus();
  };

  /** Runs a change, and shows in the item why it was refused. */
  const attempt = async (change) => {
    showError(form);
    try {
      await change();
    } catch (error) {
      checkbox.checked = task.completed;
      showError(form, error);
    }
  };

  const showChange = ({ body }) => {
    task = body;
    show(task);
    onChange(item, task);
  };

  checkbox.addEventListener('change', () =>
    attempt(async () => showChange(await api('PATCH', `${path}/complete`, { body: { completed: checkbox.checked } }))),
  );

  part('.delete').addEventListener('click', () =>
    attempt(async () => {
      await api('DELETE', path);
      onChange(item);
    }),
  );

  // With the version that is read here, a change that somebody makes meanwhile is not overwritten.
  editButton.addEventListener('click', () =>
    attempt(async () => {
      const { headers, body } = await api('GET', path);
      etag = headers.etag;
      task = body;
      show(task);
      form.elements.title.value = body.title;
      form.elements.description.value = body.description ?? '';
      edit(true);
    }),
  );

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(async () => {
      const { title, description } = Object.fromEntries(new FormData(form));
      const body = { title, description: description || null };
      const response = await api('PATCH', path, { body, headers: { 'If-Match': etag } });
      edit(false);
      showChange(response);
    });
  });

  part('.cancel').addEventListener('click', () => {
    showError(form);
    edit(false);
  });

  show(task);
  return item;
}
