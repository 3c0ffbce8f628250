# shellcheck shell=bash
# Takes a part out of a copy of the repository and demands that the test that is there for it fails. A mutation is a patch in build/mutations
# whose first line names the test.
: "${root:?}"

mutate() {
  local patch=$1 name test copy verdict=1
  name=$(basename "$patch" .patch)
  test=$(sed -n '1s/^test: //p' "$patch")
  [[ -n $test ]] || die "$patch does not name its test in its first line"
  copy=$(mktemp -d)
  git -C "$root" worktree add --quiet --detach "$copy/repo" HEAD || die "the repository could not be copied"
  if ! git -C "$copy/repo" apply "$patch"; then
    git -C "$root" worktree remove --force "$copy/repo"
    die "$patch no longer applies; make it anew"
  fi
  say "== $name: $test"
  # Its own build, its own PostgreSQL; a build that fails would look like a test that does.
  if ! (cd "$copy/repo" && dotnet build tests/Streaming.HostTests -c Release --nologo -v quiet >&2); then
    git -C "$root" worktree remove --force "$copy/repo"
    die "with $name taken out it does not build; mend the patch"
  fi
  local said
  said=$(cd "$copy/repo" && build/test Host "FullyQualifiedName~$test" 2>/dev/null | tail -n 1) || true
  say "   $said"
  if [[ $said =~ ^0\ passed,\ 1\ failed ]]; then verdict=0; fi
  git -C "$root" worktree remove --force "$copy/repo"
  rmdir "$copy"
  printf '| %s | %s | %s |\n' "$name" "$test" "$( ((verdict == 0)) && echo yes || echo "NO: $said")"
  return "$verdict"
}

mutations() {
  local patch verdict=0
  echo '| taken out | test | fails, as it must |'
  echo '|---|---|---|'
  for patch in "$root"/build/mutations/*.patch; do mutate "$patch" || verdict=1; done
  return "$verdict"
}
