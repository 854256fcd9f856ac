// A file of its own, because the page may run no inline script.
SwaggerUIBundle({
  url: '/api/openapi.json',
  domNode: document.getElementById('swagger-ui'),
  deepLinking: true,
  layout: 'BaseLayout',
  presets: [SwaggerUIBundle.presets.apis],
  // Its badge would ask a server on the internet.
  validatorUrl: null,
});
