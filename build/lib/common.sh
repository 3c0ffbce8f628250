# shellcheck shell=bash
# What every command in build/ stands on. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export artifacts=$root/.artifacts configuration=Release

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Says nothing unless it fails. Compiler servers that outlive the command would hold a terminal or a CI job open.
build() {
  local log verdict=0
  log=$(mktemp)
  dotnet build "$@" -c "$configuration" --nologo --verbosity quiet -nodeReuse:false -p:UseSharedCompilation=false </dev/null >"$log" 2>&1 || verdict=$?
  if ((verdict != 0)); then grep -E ': error ' "$log" | sort -u >&2 || cat "$log" >&2; fi
  rm -f "$log"
  return "$verdict"
}

require_dotnet() {
  local wanted
  wanted=$(sed -n 's/.*"version": *"\([0-9.]*\)".*/\1/p' "$root/global.json")
  has dotnet || die "the .NET SDK is missing; install $wanted or a later patch of it, then run this again"
  (cd "$root" && dotnet --version >/dev/null 2>&1) ||
    die "no installed .NET SDK satisfies global.json ($wanted or a later patch); installed: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
  # What is built looks for the runtime in the usual places only; an SDK that was unpacked elsewhere is just in the path.
  local home
  home=$(dirname "$(readlink -f "$(command -v dotnet)")")
  if [[ -z ${DOTNET_ROOT:-} && -d $home/host/fxr ]]; then export DOTNET_ROOT=$home; fi
}

require_node() {
  if ! has node || ! has npm; then die "Node.js with npm is missing (20 or later); it bundles the player for the pages"; fi
  local major
  major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  ((major >= 20)) || die "Node.js $(node --version) is too old; 20 or later is needed"
}
