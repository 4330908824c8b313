import { showError } from './form-errors.js';
import { api, apiUrl, auth, forgetToken, getToken, sendToApi } from './requests.js';
import { clearTasks, loadTasks } from './tasks.js';

const $ = (selector) => document.querySelector(selector);
const signInForm = $('#sign-in form');

$('#page-origin').textContent = location.host;
$('#api-origin').textContent = new URL(apiUrl).host;
$('#docs-link').href = `${apiUrl}/docs`;

signInForm.addEventListener('submit', async (event) => {
  event.preventDefault();
  showError(signInForm);
  try {
    const { user } = await auth(
      'POST',
      `/${event.submitter.value}/email`,
      Object.fromEntries(new FormData(signInForm)),
    );
    await open(user);
  } catch (error) {
    showError(signInForm, error);
  }
});

$('#sign-out').addEventListener('click', async () => {
  await auth('POST', '/sign-out', {}).catch(() => {}); // The list of requests shows it.
  await open(null);
  signInForm.elements.email.focus();
});

/** Requests that the API refuses: the list of requests shows its responses. */
const refused = {
  'no-token': () => sendToApi('GET', '/api/tasks'),
  'forged-token': async () =>
    sendToApi('GET', '/api/tasks', { token: (await getToken()).replace(/.{10}$/, 'AAAAAAAAAA') }),
  'other-user': () => api('GET', '/api/somebody-else/tasks'),
  'no-such-task': () => api('GET', '/api/tasks/0'),
};

for (const button of document.querySelectorAll('#refused button'))
  button.addEventListener('click', async () => {
    await refused[button.value]().catch(() => {});
    $('#log details').open = true;
  });

/** Shows the tasks of the user, or the form to sign in if there is none. */
async function open(user) {
  forgetToken();
  clearTasks();
  $('#sign-in').hidden = user !== null;
  for (const name of ['#tasks', '#account', '#refused']) $(name).hidden = user === null;
  $('#email').textContent = user?.email ?? '';
  if (user) await loadTasks();
}

const session = await auth('GET', '/get-session').catch(() => null);
await open(session?.user ?? null);
