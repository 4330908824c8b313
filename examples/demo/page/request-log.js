const log = document.querySelector('#log');
const template = document.querySelector('#request-template');

/** The headers that say something here; the others are the same in every response. */
const SHOWN = ['etag', 'location', 'idempotency-replayed', 'retry-after', 'x-request-id'];

document.querySelector('#clear').addEventListener('click', () => {
  log.replaceChildren();
  updateHint();
});

/** Adds a request and its response at the top of the list. */
export function showRequest({ origin, path, method, headers, body }, response, milliseconds) {
  const entry = template.content.cloneNode(true).firstElementChild;
  const fill = (name, text) => {
    entry.querySelector(`.${name}`).textContent = text;
  };
  entry.dataset.status = Math.floor(response.status / 100);
  fill('method', method);
  fill('path', path);
  fill('time', `${Math.round(milliseconds)} ms`);
  fill('status', response.status || 'failed');
  fill(
    'request',
    [`${method} ${origin}${path}`, ...lines(headers), ...(body ? ['', pretty(JSON.parse(body))] : [])].join('\n'),
  );
  fill('response-headers', lines(response.headers, SHOWN).join('\n'));
  fill('response-body', response.body === undefined ? '' : pretty(response.body));
  log.prepend(entry);
  log.scrollTop = 0;
  updateHint();
}

function updateHint() {
  document.querySelector('#no-requests').hidden = log.children.length > 0;
}

const lines = (headers, names = Object.keys(headers)) =>
  names.filter((name) => name in headers).map((name) => `${name}: ${shorten(headers[name])}`);

/** A token is long, and a secret on a shared screen. */
const shorten = (value) => value.replace(/^(Bearer .{12}).*(.{4})$/, '$1…$2');

const pretty = (value) => JSON.stringify(value, null, 2);
