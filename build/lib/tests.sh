# shellcheck shell=bash
# Running test projects and adding up what they said.
: "${root:?}" "${artifacts:?}" "${configuration:?}" # from common.sh

passed=0
failed=0
skipped=0
failures=()

test_projects() { grep -l '<IsTestProject>true' "$root"/tests/*/*.csproj; }

# Packages that tests drive from Node: independent players and upload clients.
install_test_clients() {
  local lock folder
  for lock in "$root"/tests/*/package-lock.json "$root"/tests/*/*/package-lock.json; do
    if [[ ! -f $lock || $lock == */node_modules/* ]]; then continue; fi
    folder=${lock%/*}
    if [[ $folder/node_modules/.package-lock.json -nt $lock ]]; then continue; fi
    say "npm ci in ${folder#"$root"/}"
    (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts </dev/null >&2)
  done
}

# The build has already judged style; what it cannot see is layout. CI takes the minute that the order of imports and the like cost.
check_format() {
  local repair='dotnet format whitespace . --folder'
  local -a check=(whitespace "$root" --folder --exclude "$artifacts")
  if [[ ${CI:-} == true ]]; then
    repair='dotnet format Streaming.sln'
    check=("$root/Streaming.sln" --no-restore)
  fi
  if dotnet format "${check[@]}" --verify-no-changes </dev/null >&2; then
    passed=$((passed + 1))
  else
    failures+=("layout; '$repair' repairs it")
    failed=$((failed + 1))
  fi
}

run_project() {
  local project=$1 filter=$2 name results
  name=$(basename "$project" .csproj)
  results=$artifacts/test-results/$name
  rm -rf "$results"
  local -a narrow=()
  if [[ -n $filter ]]; then narrow=(--filter "$filter"); fi
  say "== $name"
  dotnet test "$project" -c "$configuration" --no-build --nologo --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" \
    --blame-hang --blame-hang-timeout 15m --blame-hang-dump-type none "${narrow[@]}" </dev/null >&2 ||
    say "$name ended with a failure"
  count_results "$name" "$results/$name.trx" "$filter"
}

# A runner that died leaves no results file, or one whose run did not complete; either counts as a failure.
count_results() {
  local name=$1 file=$2 filter=$3 counters total ok bad
  if [[ ! -f $file ]]; then
    if [[ -z $filter ]]; then
      failures+=("$name left no results")
      failed=$((failed + 1))
    fi
    return
  fi
  counters=$(grep -o '<Counters [^>]*>' "$file")
  total=$(counter total "$counters")
  ok=$(counter passed "$counters")
  bad=$(($(counter failed "$counters") + $(counter error "$counters") + $(counter timeout "$counters") + $(counter aborted "$counters")))
  if ((bad == 0)) && grep -q '<ResultSummary outcome="Failed"' "$file"; then
    failures+=("the run of $name broke off")
    bad=1
    total=$((total + 1))
  fi
  passed=$((passed + ok))
  failed=$((failed + bad))
  skipped=$((skipped + total - ok - bad))
  local test
  while read -r test; do failures+=("$name: $test"); done < <(failed_tests "$file")
}

failed_tests() { grep -o '<UnitTestResult [^>]*outcome="Failed"[^>]*>' "$1" | sed -n 's/.* testName="\([^"]*\)".*/\1/p'; }

counter() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$2"; }
