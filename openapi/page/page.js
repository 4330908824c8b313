const dark = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followScheme);
followScheme();

/** Folds the headers of each response: there are many, and most are in every response. */
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

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // It would send the document's URL to another host.
  plugins: [foldHeaders],
});
