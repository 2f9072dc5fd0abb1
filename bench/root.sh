#!/usr/bin/env bash
# The steps of deploy/server.Containerfile on a clean Debian root that debootstrap made: how long a start takes, what an idle coordinator
# holds, and a run with three clients over mutual TLS against it. No container engine is needed; everything stays on loopback.
#   ./federated bench root [--json FILE] [--starts N]
set -euo pipefail
cd "$(dirname "$0")/.."

json='' starts=5
while [ $# -gt 0 ]; do
  case "$1" in
    --json) json=$(realpath "$2"); shift 2 ;;
    --starts) starts=$2; shift 2 ;;
    -h|--help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) printf "error F561: bench root does not know '%s'\n" "$1" >&2; exit 2 ;;
  esac
done

program=$PWD/artifacts/bin/Federated.Cli/release/federated
keep=$PWD/artifacts/root base=$PWD/artifacts/root/base.tar
containerfile=$PWD/deploy/server.Containerfile
say() { printf '%s\n' "$*"; }
not_run() { say "not run: $*"; exit 3; }

[ "$(id -u)" = 0 ] || not_run "a root of another system needs the rights of root"
command -v debootstrap >/dev/null || not_run "debootstrap is missing (apt-get install debootstrap)"
unshare -m true 2>/dev/null || not_run "this machine does not let us mount"

work=$(mktemp -d /tmp/federated-root-XXXXXX)
root=$work/root data=$work/data tls=$work/tls entry=''
pids=()
server_pid() {
  local exe
  for exe in /proc/[0-9]*/exe; do
    [ "$(readlink "$exe" 2>/dev/null)" = "$root$entry" ] && { exe=${exe#/proc/}; echo "${exe%/exe}"; return; }
  done
}
finish() {
  local pid
  # The server by itself: unshare, which waits for it, does not listen to SIGTERM.
  for pid in "${pids[@]}" $(server_pid); do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap finish EXIT

# ---- a clean root, and in it what the image's base has: Debian's libraries and this machine's .NET runtime ----
if [ ! -e "$base" ]; then
  say "Making a Debian root"
  mkdir -p "$keep"
  mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1 || true)
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  http_proxy=${proxy:-} debootstrap --variant=minbase --include=ca-certificates,libssl3,libstdc++6,zlib1g,tzdata bookworm "$work/clean" ${mirror:+"$mirror"} > "$keep/debootstrap.log" 2>&1 ||
    not_run "debootstrap failed; see $keep/debootstrap.log"
  tar -C "$work/clean" -cf "$base.tmp" . && mv "$base.tmp" "$base"
  rm -rf --one-file-system "$work/clean"
fi
mkdir -p "$root" && tar -C "$root" -xf "$base"
runtime=$(dirname "$(readlink -f "$(command -v dotnet)")")
mkdir -p "$root/usr/share/dotnet/shared"
cp -r "$runtime/host" "$runtime/dotnet" "$root/usr/share/dotnet/"
cp -r "$runtime/shared/Microsoft.NETCore.App" "$runtime/shared/Microsoft.AspNetCore.App" "$root/usr/share/dotnet/shared/"

# ---- the container file's own steps: what it publishes, and every line of its last stage ----
publish=$(sed -n 's/^RUN \(dotnet publish .*\) -o \/app$/\1/p' "$containerfile")
[ -n "$publish" ] || { say "error F560: the container file publishes nothing to /app"; exit 1; }
say "$publish"
$publish -o "$work/app" -v q --nologo > "$work/publish.log" 2>&1 || { tail -n 5 "$work/publish.log"; exit 1; }
environment=() user=''
while read -r step rest; do
  case "$step" in
    RUN) chroot "$root" sh -c "$rest" ;;
    COPY)
      mode='' from=''
      while [[ $rest == --* ]]; do
        case "$rest" in --chmod=*) mode=${rest#--chmod=}; mode=${mode%% *} ;; --from=*) from=1 ;; esac
        rest=${rest#* }
      done
      if [ -n "$from" ]; then cp -r "$work/app" "$root${rest#* }"; else install -m "${mode:-0644}" "${rest% *}" "$root${rest#* }"; fi ;;
    ENV) read -ra environment <<< "$rest" ;;
    USER) user=$rest ;;
    ENTRYPOINT) entry=$(sed 's/[]["]//g' <<< "$rest") ;;
  esac
done < <(sed -n '/^FROM .* AS run$/,$p' "$containerfile")
size=$(du -sm "$root/app" | cut -f 1)
say "The image's own files: $size MiB"

"$program" ca init --dir "$tls" --host localhost > /dev/null
mkdir -p "$data" "$root/tls"
chown -R "$user" "$data" "$tls"

# ---- as a container engine starts it: its own processes and mounts, a read-only root, no capability, the user of the file ----
cat > "$work/start.sh" <<INNER
mount --make-rprivate /
mount --bind "$root" "$root" && mount -o remount,bind,ro "$root"
mount --bind "$data" "$root/data"
mount --bind "$tls" "$root/tls" && mount -o remount,bind,ro "$root/tls"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp DOTNET_ROOT=/usr/share/dotnet ${environment[*]} chroot "$root" setpriv --reuid=${user%:*} --regid=${user#*:} --clear-groups --bounding-set=-all --no-new-privs $entry --tls /tls --http-port 0 --grpc-port 0
INNER
started_ms=0
start() {
  local began line
  began=$(date +%s%N)
  coproc SERVER { exec unshare -m -p -f --kill-child=SIGTERM bash "$work/start.sh" 2>> "$work/server.log"; }
  pids=("$SERVER_PID")
  read -r -t 60 line <&"${SERVER[0]}" || { say "error F563: the coordinator did not start: $(tail -n 3 "$work/server.log")"; exit 1; }
  started_ms=$((($(date +%s%N) - began) / 1000000))
  [[ $line == Listening:* ]] || { say "error F563: the coordinator said '$line'"; exit 1; }
}
stop() { kill -TERM "$(server_pid)"; wait "$SERVER_PID" 2>/dev/null || true; pids=(); }

start_times=()
for ((i = 0; i < starts; i++)); do
  start; start_times+=("$started_ms")
  [ $((i + 1)) -lt "$starts" ] && stop
done
sleep 10
idle=$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$(server_pid)/status")
median=$(printf '%s\n' "${start_times[@]}" | sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }')
say "Starts: ${start_times[*]} ms, median $median ms (the first makes the database); idle $idle MiB"

# ---- three sites over mutual TLS: they enrol by token, train a small language model on this project's documentation ----
address() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$data/endpoints.json"; }
export FEDERATED_SERVER FEDERATED_API_KEY FEDERATED_CA=$tls/ca.pem OMP_NUM_THREADS=1
FEDERATED_SERVER=$(address http | sed 's/127\.0\.0\.1/localhost/') FEDERATED_API_KEY=$(cat "$data/admin.key")
grpc=$(address grpc | sed 's/127\.0\.0\.1/localhost/')
cat docs/*.md > "$work/corpus.txt"
mkdir "$work/vocabulary"
{ # GPT-2's symbols for single bytes, one merge, and the mark of a document's end
  printf '{'; extra=256
  for ((byte = 0; byte < 256; byte++)); do
    if ((byte >= 33 && byte <= 126 || byte >= 161 && byte <= 172 || byte >= 174)); then point=$byte; else point=$extra; extra=$((extra + 1)); fi
    printf '"\\u%04x": %d, ' "$point" "$byte"
  done
  printf '"th": 256, "<|endoftext|>": 257}\n'
} > "$work/vocabulary/vocab.json"
printf '#version: 0.2\nt h\n' > "$work/vocabulary/merges.txt"
"$program" pretrain --text "$work/corpus.txt" --vocabulary "$work/vocabulary" --tokens 0 --hidden 32 --layers 1 --heads 2 --context 32 --steps 20 --batch 8 --out "$work/base" > "$work/demo.log"
"$program" adapter init --model "$work/base" --method lora --set r=4 --out "$work/adapter" >> "$work/demo.log"
digest=$(sed -n 's/.*"base": *"\([0-9a-f]*\)".*/\1/p' "$work/adapter/init.json")
cat > "$work/run.json" <<RUN
{ "name": "root", "base": "$digest", "schema": "@adapter/schema.json", "plan": "@adapter/plan.json", "version0": "@adapter/version0.safetensors",
  "strategy": "lora-fair", "clients": ["site-a", "site-b", "site-c"], "rounds": 3,
  "train": { "steps": 5, "batchSize": 8, "learningRate": 0.01 }, "evaluate": { "everyRounds": 3, "maxSamples": 500 } }
RUN
"$program" runs create "$work/run.json" >> "$work/demo.log"
began=$(date +%s)
for site in site-a site-b site-c; do
  token=$("$program" tokens create $site)
  FEDERATED_JOIN_TOKEN=$token "$program" client init --server "$FEDERATED_SERVER" --state "$work/$site" >> "$work/demo.log"
  cat > "$work/$site.json" <<CLIENT
{ "id": "$site", "server": "$grpc", "state": "$work/$site", "model": "$work/base", "threads": 1,
  "data": { "kind": "text", "text": "$work/corpus.txt", "evalText": "$work/corpus.txt", "context": 32 } }
CLIENT
  "$program" client run --config "$work/$site.json" > "$work/$site.log" 2>&1 &
  pids+=($!)
done
phase=''
until [ "$phase" = Completed ]; do
  [ $(($(date +%s) - began)) -lt 180 ] && [ "$phase" != Stopped ] || { say "error F568: the run is ${phase:-unknown} after $(($(date +%s) - began)) s"; tail -n 2 "$work"/site-*.log "$work/server.log"; exit 1; }
  sleep 1
  phase=$("$program" runs show root --json | sed -n 's/.*"phase": "\(.*\)".*/\1/p')
done
took=$(($(date +%s) - began))
"$program" rounds list root
"$program" backup --out "$work/backup.tar"
peak=$(awk '/^VmHWM/ { printf "%.1f", $2 / 1024 }' "/proc/$(server_pid)/status")
say "Three clients over mutual TLS: 3 rounds, $took s from the first invitation on; the coordinator's peak $peak MiB"

seconds=$(printf '%s\n' "${start_times[@]}" | awk '{ printf "%s%.3f", sep, $1 / 1000; sep = "," }')
[ -z "$json" ] || "$program" bench record --command "bench root" --json "$json" \
  "start on a clean Debian root;s;$seconds;appMiB=$size" "idle coordinator;MiB;$idle;peakMiB=$peak" "three clients over mutual TLS;s;$took;rounds=3"
awk -v m="$median" -v i="$idle" 'BEGIN { ok = m < 2000 && i < 200; print ok ? "passed: start under 2 s, idle under 200 MiB" : "FAILED: start must be under 2 s and idle under 200 MiB"; exit !ok }'
