# shellcheck shell=bash
# System packages, through apt, and only those that are missing.

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    die "root or sudo is needed for: $*"
  fi
}

install_packages() {
  has apt-get || die "install these by hand, there is no apt-get here: $*"
  say "installing: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2 ||
    die "apt-get could not install: $*"
}

ensure_ffmpeg() {
  if ! has ffmpeg || ! has ffprobe; then install_packages ffmpeg; fi
}

postgres_bin() {
  local newest
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  [[ -x $newest/postgres ]] && printf '%s\n' "$newest"
}

# Debian creates and starts a cluster with the server package. The tests bring their own, so the machine gets none.
ensure_postgres() {
  if postgres_bin >/dev/null; then return; fi
  local no_cluster=/etc/postgresql-common/createcluster.d/streaming-tests.conf
  as_root mkdir -p "${no_cluster%/*}"
  as_root sh -c "echo 'create_main_cluster = false' > $no_cluster"
  install_packages postgresql
  as_root rm -f "$no_cluster"
}

# The tests start servers of their own; one that the package starts would only be in the way.
ensure_redis() {
  if has "${STREAMING_TEST_REDIS_SERVER:-redis-server}"; then return; fi
  with_no_services install_packages redis-server
}

# A load generator, and the proxies that the gateway is measured against.
ensure_web_peers() {
  local -a missing=()
  has wrk || missing+=(wrk)
  has nginx || missing+=(nginx-light)
  has haproxy || missing+=(haproxy)
  if ((${#missing[@]} > 0)); then with_no_services install_packages "${missing[@]}"; fi
}

# Debian starts what it installs, unless this file says no (policy-rc.d(8)).
with_no_services() {
  local policy=/usr/sbin/policy-rc.d verdict=0
  if [[ -e $policy ]]; then
    "$@"
    return
  fi
  as_root sh -c "printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy"
  ("$@") || verdict=$?
  as_root rm -f "$policy"
  return "$verdict"
}

chromium_path() {
  local name
  for name in "${STREAMING_TEST_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [[ -n $name ]] && has "$name"; then
      command -v "$name"
      return
    fi
  done
  return 1
}

ensure_chromium() {
  if ! chromium_path >/dev/null; then install_packages chromium; fi
  fc-list 2>/dev/null | grep -qi dejavu || install_packages fontconfig fonts-dejavu-core
}
