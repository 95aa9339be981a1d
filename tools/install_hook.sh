#!/bin/sh
# Install a git hook that runs `make check` before every commit; where git keeps hooks, git says.
set -eu

mark='# karwan: make check before a commit'
folder=$(git rev-parse --git-path hooks)
hook="$folder/pre-commit"

if [ -e "$hook" ] && ! grep -qF "$mark" "$hook"; then
    echo "$hook exists and is not ours; add 'make check' to it by hand." >&2
    exit 1
fi

mkdir -p "$folder"
cat > "$hook" <<END
#!/bin/sh
$mark
# git's own variables would reach the git commands of tests.
unset \$(git rev-parse --local-env-vars)
exec make check
END
chmod +x "$hook"
echo "Wrote $hook"
