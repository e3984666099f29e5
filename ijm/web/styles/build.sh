#!/bin/sh
# Compiles app.scss into ../static/web/app.css. Needed only by whoever changes the styles; needs Node and npm.
# The first line of the result holds a digest of the sources; tests/ijm/test_web_styles.py compares it.
set -eu
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --ignore-scripts
out=../static/web/app.css
digest=$(cat app.scss _tokens.scss _base.scss _shell.scss _parts.scss _product.scss _print.scss package.json | sha256sum | cut -d' ' -f1)
css=$(npx sass --load-path=. --quiet-deps --no-source-map --no-charset --style=compressed app.scss)
printf '/* sources sha256:%s */\n%s\n' "$digest" "$css" > "$out"
cp node_modules/htmx.org/dist/htmx.min.js ../static/vendor/htmx/htmx.min.js
