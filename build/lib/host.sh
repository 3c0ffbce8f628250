# shellcheck shell=bash
# Building the host, and knowing when there is nothing to build.
: "${root:?}" "${artifacts:?}" "${configuration:?}" # from common.sh

host=$root/src/Streaming.Host/bin/$configuration/net10.0/streaming
stamp=$artifacts/host.stamp

# Names, sizes and times of all that goes into the host; a fraction of a second, where an idle msbuild takes many.
fingerprint() {
  (cd "$root" && find src build/*.props global.json \
    \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -printf '%p %s %T@\n' | sort | sha256sum)
}

build_host() {
  local before
  before=$(fingerprint)
  if [[ -x $host && -f $stamp && $(<"$stamp") == "$before" ]]; then return; fi
  say "building"
  build "$root/src/Streaming.Host/Streaming.Host.csproj" || die "the build failed"
  mkdir -p "$artifacts"
  printf '%s\n' "$before" >"$stamp"
}
