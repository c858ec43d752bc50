#!/bin/sh
# Installs code-server from npm into a folder. It is published as sources: what is native in it is built here, with the headers of
# the Node that runs it, and nothing is fetched but from npm. code-server 4.90 to 4.100 are for Node 20.
set -eu
version=$1
folder=$2
ripgrep=1.18.0
node=$(command -v node)
prefix=$(dirname "$(dirname "$(readlink -f "$node")")")
test -e "$prefix/include/node/node.h" || { echo "There are no headers of Node in $prefix/include/node to build code-server with." >&2; exit 1; }
for tool in make g++ pkg-config python3; do
  command -v $tool >/dev/null || { echo "$tool is missing: apt-get install build-essential pkg-config python3 libkrb5-dev" >&2; exit 1; }
done
gyp=$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT
root=$folder/lib
rm -rf "$folder"
mkdir -p "$root" "$folder/bin"
(cd "$packed" && npm pack --silent "code-server@$version" "@vscode/ripgrep-linux-x64@$ripgrep" >/dev/null)
tar xzf "$packed/code-server-$version.tgz" -C "$root" --strip-components=1
for part in . lib/vscode lib/vscode/extensions; do
  (cd "$root/$part" && npm install --silent --omit=dev --ignore-scripts --no-audit --no-fund)
done
(cd "$root/node_modules/argon2" && ../.bin/node-pre-gyp install --build-from-source --nodedir="$prefix" >/dev/null 2>&1)
for module in kerberos @vscode/spdlog native-watchdog node-pty; do
  (cd "$root/lib/vscode/node_modules/$module" && "$node" "$gyp" rebuild --nodedir="$prefix" >/dev/null 2>&1)
done
cd "$root/lib/vscode"
ln -sfn node_modules node_modules.asar
ln -sf code-linux.sh bin/remote-cli/code-server
ln -sf browser-linux.sh bin/helpers/browser.sh
mkdir -p node_modules/@vscode/ripgrep/bin
tar xzf "$packed/vscode-ripgrep-linux-x64-$ripgrep.tgz" -C node_modules/@vscode/ripgrep/bin --strip-components=2 package/bin/rg
printf '#!/bin/sh\nexec %s %s/out/node/entry.js "$@"\n' "$node" "$root" > "$folder/bin/code-server"
chmod +x "$folder/bin/code-server"
"$folder/bin/code-server" --version
