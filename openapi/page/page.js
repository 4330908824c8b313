const dark = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followScheme);
followScheme();

/** Folds a response's headers, and leaves out those of every response, which are those of `/health`. */
const foldHeaders =
  (Headers, { React: { createElement }, specSelectors }) =>
  (props) => {
    const common = specSelectors.specJson().getIn(['paths', '/health', 'get', 'responses', '200', 'headers']);
    const headers = props.headers.filter((_, name) => !common.has(name));
    if (headers.size === 0) return null;
    const summary = createElement('summary', null, 'Headers');
    return createElement('details', { className: 'headers' }, summary, createElement(Headers, { ...props, headers }));
  };

/** The errors of an operation in one line, with a link to the table in the introduction. */
const summarizeErrors =
  (Responses, { React: { createElement } }) =>
  (props) => {
    const errors = [...props.responses.keys()].filter((status) => status >= 400);
    const responses = props.responses.filter((_, status) => status < 400);
    const onClick = () => document.querySelector('#errors').setAttribute('open', '');
    const link = createElement('a', { href: '#errors', onClick }, 'the table of errors');
    const line = createElement('p', { className: 'errors' }, `Errors: ${errors.join(', ')}. See `, link, '.');
    return createElement('div', null, createElement(Responses, { ...props, responses }), line);
  };

/** Folds the tag "Tasks by user" until somebody opens it or follows a link to one of its operations. */
const foldTwin =
  (isShown) =>
  (_, [kind, name, ...rest], byDefault) =>
    isShown([kind, name, ...rest], byDefault && `${kind} ${name}` !== 'operations-tag Tasks by user');

/** Keeps the token through a reload of the tab, and not longer. */
const keepToken = (authorize) => (payload) => {
  sessionStorage.setItem('token', payload.token.value);
  return authorize(payload);
};

const forgetToken = (logout) => (payload) => {
  sessionStorage.removeItem('token');
  return logout(payload);
};

const plugin = {
  wrapComponents: { headers: foldHeaders, responses: summarizeErrors },
  statePlugins: {
    layout: { wrapSelectors: { isShown: foldTwin } },
    auth: { wrapActions: { authorize: keepToken, logout: forgetToken } },
  },
};

const ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // It would send the document's URL to another host.
  plugins: [plugin],
  onComplete() {
    const token = sessionStorage.getItem('token');
    if (token) ui.preauthorizeApiKey('token', token);
  },
});
