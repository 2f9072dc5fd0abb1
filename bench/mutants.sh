#!/usr/bin/env bash
# Applies every patch of tests/Mutants to a copy of the tree and checks that the test it names fails there: a mutant that survives
# means that a line that matters is not tested.
#   ./federated bench mutants [NAME ...]
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in -h|--help) sed -n 's/^# \{0,1\}//p' "$0" | sed -n 2,4p; exit 0 ;; esac
for name in "$@"; do
  [ -e "tests/Mutants/$name.patch" ] || { printf "error F561: no mutant is named '%s'; they are the files of tests/Mutants, without .patch\n" "$name" >&2; exit 2; }
done
copy=artifacts/mutants/tree
killed=0 survived=0 broken=0

say() { printf '%-9s %s\n' "$1" "$2"; }
field() { sed -n "s/^$1: //p" "$2" | head -n 1; }

mkdir -p "$copy"
# A file that is no longer in the tree must not stay in the copy; what was built there may.
find "$copy" -mindepth 1 -maxdepth 1 ! -name artifacts -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$copy"
[ -e packages.local.props ] && cp packages.local.props "$copy/"
mkdir -p "$copy/artifacts" && ln -sfn "$PWD/artifacts/native" "$copy/artifacts/native"

try() {
  local patch=$1 name test project log
  name=$(basename "$patch" .patch)
  test=$(field 'Must fail' "$patch") project=$(field Project "$patch")
  log=artifacts/mutants/$name.log
  if [ -z "$test" ] || [ -z "$project" ] || ! git apply --check --directory="$copy" "$patch" 2> "$log"; then
    broken=$((broken + 1)); say BROKEN "$name: does not apply, or names no test; see $log"; return
  fi
  git apply --directory="$copy" "$patch"
  # Filtered by the last two parts, Class.Method: a test's namespace may be short for its project's.
  local filter; filter=$(printf '%s' "$test" | awk -F. '{ print $(NF-1) "." $NF }')
  if ! dotnet build "$copy/$project" -v q --nologo > "$log" 2>&1; then
    broken=$((broken + 1)); say BROKEN "$name: does not compile; see $log"
  elif dotnet test "$copy/$project" --no-build --nologo --filter "FullyQualifiedName~$filter" > "$log" 2>&1; then
    survived=$((survived + 1)); say SURVIVED "$name: $test passes; see $log"
  elif grep -q 'Failed!' "$log"; then
    killed=$((killed + 1)); say killed "$name"
  else
    broken=$((broken + 1)); say BROKEN "$name: no test ran; see $log"
  fi
  git apply --reverse --directory="$copy" "$patch"
}

patches=(tests/Mutants/*.patch)
[ $# -gt 0 ] && patches=("${@/#/tests/Mutants/}") && patches=("${patches[@]/%/.patch}")
for patch in "${patches[@]}"; do try "$patch"; done
printf '%d killed, %d survived, %d broken\n' "$killed" "$survived" "$broken"
[ "$survived$broken" = 00 ]
