const dark = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followScheme);
followScheme();

/** Folds the headers of each answer: there are many, and most stand on every answer. */
const foldHeaders = ({ React }) => ({
  wrapComponents: {
    headers: (Headers) => (props) =>
      React.createElement(
        'details',
        { className: 'headers' },
        React.createElement('summary', null, 'Headers'),
        React.createElement(Headers, props),
      ),
  },
});

/** Folds what nobody reads who has not asked for it; an address with a fragment asks for something. */
function foldPreflights() {
  if (location.hash === '') viewer.layoutActions.show(['operations-tag', 'Preflights'], false);
}

const viewer = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // It would send the document's address to another host.
  plugins: [foldHeaders],
  onComplete: foldPreflights,
});
