#!/bin/sh
# Compiles the design system into onestop/static, where its result is committed. Needs Node.js 20 or newer;
# needed only when something in this folder changes.
set -eu
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --no-audit --no-fund
OUT=../onestop/static
mkdir -p "$OUT"
node_modules/.bin/sass --no-source-map --style=expanded --quiet-deps scss/onestop.scss \
  | node logical.mjs \
  | node_modules/.bin/esbuild --loader=css --minify --target=es2022 \
  | { echo '/*! OneStop, EUPL-1.2. Contains govuk-frontend, MIT: see LICENCES.txt */'; cat; } > "$OUT/onestop.css"
node_modules/.bin/esbuild main.js --bundle --minify --format=esm --target=es2020 --legal-comments=none \
  --banner:js='/*! OneStop, EUPL-1.2. Contains govuk-frontend, MIT, and htmx, 0BSD: see LICENCES.txt */' \
  --outfile="$OUT/onestop.js" --log-level=warning
{
  echo "Parts of onestop.css and onestop.js come from these packages."
  for package in govuk-frontend htmx.org; do
    version=$(node -p "require('./node_modules/$package/package.json').version")
    printf '\n==== %s %s ====\n\n' "$package" "$version"
    if [ -f "licences/$package.txt" ]; then cat "licences/$package.txt"; else cat "node_modules/$package/LICENSE"; fi
  done
} > "$OUT/LICENCES.txt"
for file in onestop.css onestop.js; do
  gzip -9nc "$OUT/$file" > "$OUT/$file.gz"  # WhiteNoise sends it to whoever accepts it
  printf '%s %s bytes gzip\n' "$file" "$(wc -c < "$OUT/$file.gz")"
done
