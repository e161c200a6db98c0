# Runs a file of commands against a server: sh etcdctl-session.sh ENDPOINT COMMANDS DIRECTORY. Each command's output and exit code go to standard output.
endpoint=$1
commands=$2
dir=$3
cd "$dir" || exit 1
ctl() {
  ETCDCTL_API=3 etcdctl --endpoints="$endpoint" --command-timeout=5s "$@"
}
ctl2() {
  ETCDCTL_API=2 etcdctl --endpoints="$endpoint" "$@"
}
show() {
  echo "\$ $1" | cut -c1-200
  shift
  "$@" >"$dir/out" 2>&1
  code=$?
  cut -c1-2000 "$dir/out"
  echo "= $code"
}
run() {
  case $1 in
    watch_for) shift; show "watch $*" watch_for "$@" ;;
    elect_once) show "$*" elect_once "$2" "$3" ;;
    lock_once) show "$*" lock_once "$2" ;;
    *) show "$*" ctl "$@" ;;
  esac
}
# http METHOD PATH [BODY]
http() {
  show "http $*" request "$@"
}
request() {
  method=$1
  path=$2
  set -- -s --max-time 5 -X "$method" -w '\n%{http_code} %{content_type}\n' ${3:+--data} ${3:+"$3"}
  curl "$@" "$endpoint$path"
}
run2() {
  show "$*" ctl2 "$@"
}
# The first index of version 2 is 4 in both servers.
align() {
  while [ "$(curl -s -D - -o /dev/null "$endpoint/v2/keys" | sed -n 's/^[Xx]-[Ee]tcd-[Ii]ndex: \([0-9]*\).*/\1/p')" -lt 3 ]; do
    ctl put aligned x >/dev/null
  done
}
text() {
  input=$1
  shift
  echo "$input" >"$dir/in"
  show "$* < $(tr '\n' ';' <"$dir/in")" from_file "$@"
}
from_file() {
  ctl "$@" <"$dir/in"
}
last_lease() {
  sed -n 's/^lease \([0-9a-f]*\) granted.*/\1/p' "$dir/out"
}
revision_now() {
  ctl get revision-of-the-store -w json | sed 's/.*"revision":\([0-9]*\).*/\1/'
}
revision_before() {
  echo $(($(revision_now) - $1 + 1))
}
# watch_for N ARGUMENTS: watches until N events have come.
watch_for() {
  count=$1
  shift
  : >"$dir/events"
  ETCDCTL_API=3 etcdctl --endpoints="$endpoint" watch "$@" >"$dir/events" 2>&1 &
  watcher=$!
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ "$(grep -cE '^(PUT|DELETE)|"Events"|canceled' "$dir/events")" -ge "$count" ] && break
    kill -0 $watcher 2>/dev/null || break
    grep -q '"Events"' "$dir/events" && break
    sleep 0.05
  done
  sleep 0.05
  kill $watcher 2>/dev/null
  wait $watcher 2>/dev/null
  cat "$dir/events"
}
elect_once() {
  ETCDCTL_API=3 etcdctl --endpoints="$endpoint" elect "$1" "$2" >"$dir/events" 2>&1 &
  candidate=$!
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    grep -q "$2" "$dir/events" && break
    sleep 0.05
  done
  kill -INT $candidate
  wait $candidate
  cat "$dir/events"
}
lock_once() {
  ctl lock "$1" echo held
}
. "$commands"
