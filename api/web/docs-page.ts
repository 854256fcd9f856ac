/** The API to read and to try: Swagger UI from our own files, started by a script of its own. */
import { assetPath } from './assets.ts';
import { type Html, html } from './html.ts';

export function docsPage(): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API – IAM Job Scout</title>
<link rel="stylesheet" href="${assetPath('swagger-ui.css')}">
<link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml">
</head>
<body>
<main id="swagger-ui"><p>The API is described at <a href="/api/openapi.json">/api/openapi.json</a>; this page shows it with JavaScript.</p></main>
<script src="${assetPath('swagger-ui-bundle.js')}"></script>
<script src="${assetPath('docs-start.js')}"></script>
</body>
</html>
`;
}
