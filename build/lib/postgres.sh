# shellcheck shell=bash
# A PostgreSQL of the tests' own: a temporary folder, a free loopback port, stopped by its process id.

postgres_home=
postgres_pid=
postgres_user=()
if ((EUID == 0)); then postgres_user=(setpriv --reuid=postgres --regid=postgres --init-groups --); fi

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    if is_free "$port"; then
      printf '%s\n' "$port"
      return
    fi
  done
  die "no free loopback port was found"
}

start_postgres() {
  local bin port
  bin=$(postgres_bin) || die "the PostgreSQL server is missing"
  postgres_home=$(mktemp -d)
  if ((EUID == 0)); then chown postgres: "$postgres_home"; fi
  (cd "$postgres_home" && "${postgres_user[@]}" "$bin/initdb" -D data -U postgres --auth=trust -E UTF8 --no-locale </dev/null >initdb.log 2>&1) ||
    die "initdb failed: $(cat "$postgres_home/initdb.log")"

  for _ in 1 2 3; do
    port=$(free_port)
    launch_postgres "$bin" "$port"
    if postgres_answers "$bin" "$port"; then
      export STREAMING_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"
      return
    fi
    stop_postgres_process
  done
  die "PostgreSQL did not start: $(tail -n 20 "$postgres_home/server.log")"
}

# setpriv replaces itself by the server, so $! is the server's own process id.
launch_postgres() {
  local bin=$1 port=$2
  (cd "$postgres_home" && exec "${postgres_user[@]}" "$bin/postgres" -D data -p "$port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories="$postgres_home" -c max_connections=200 -c fsync=on \
    </dev/null >>server.log 2>&1) &
  postgres_pid=$!
}

postgres_answers() {
  for _ in {1..100}; do
    if "$1/pg_isready" -q -h 127.0.0.1 -p "$2" && kill -0 "$postgres_pid" 2>/dev/null; then return 0; fi
    kill -0 "$postgres_pid" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

# Fast shutdown first (SIGINT), the hard way (SIGQUIT) after ten seconds.
stop_postgres_process() {
  if [[ -z $postgres_pid ]]; then return; fi
  kill -INT "$postgres_pid" 2>/dev/null || true
  for _ in {1..100}; do
    kill -0 "$postgres_pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -QUIT "$postgres_pid" 2>/dev/null || true
  wait "$postgres_pid" 2>/dev/null || true
  postgres_pid=
}

stop_postgres() {
  stop_postgres_process
  if [[ -n $postgres_home ]]; then rm -rf "$postgres_home"; fi
  postgres_home=
}
