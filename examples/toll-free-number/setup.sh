#!/usr/bin/env bash
# Sets a toll-free number up on a running server, through the public API alone. Once: a second run is refused at the tenant.
#   MEDIACORE   where the API is, http://127.0.0.1:8080
#   OUTSIDE     where the webhook is, http://127.0.0.1:8025
# Writes the webhook's secret and the phones' passwords into the folder given, readable for its owner alone.
set -euo pipefail
folder="${1:?usage: setup.sh FOLDER}"
server="${MEDIACORE:-http://127.0.0.1:8080}"
number=+18005550123
umask 077
mkdir -p "$folder"

# METHOD PATH [JSON]: what the API answers; what it refuses is shown, and ends this. The body goes by a pipe: passwords are in some, and command lines can be seen by others.
api() {
  printf '%s' "${3:-{\}}" | curl --silent --show-error --fail-with-body -X "$1" "$server$2" -H 'Content-Type: application/json' ${tenant:+-H "x-mediacore-tenant: $tenant"} --data-binary @- || { echo >&2; return 1; }
}
member() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

curl --silent --show-error --fail --output /dev/null --retry 300 --retry-delay 1 --retry-max-time 300 --retry-all-errors "$server/readyz" 2>/dev/null ||
  { echo "setup.sh: no MediaCore is ready at $server: start it with tools/run.sh, or say where it is with MEDIACORE=" >&2; exit 1; }

echo "the tenant and its number"
tenant=
api POST /v1/tenants '{"name": "acme", "kind": "KIND_CUSTOMER", "time_zone": "America/New_York", "language": "en"}' >/dev/null
api POST /v1/number-imports "{\"numbers\": [{\"number\": \"$number\", \"capabilities\": [\"CAPABILITY_VOICE_IN\", \"CAPABILITY_VOICE_OUT\", \"CAPABILITY_SMS\"]}]}" >/dev/null
tenant=acme
for _ in $(seq 50); do
  api GET '/v1/available-numbers?country=US' | grep -F "$number" >/dev/null && break
  sleep 0.2 # the import is a job
done
api POST "/v1/numbers/$number/reserve" >/dev/null
api POST "/v1/numbers/$number/buy" >/dev/null

echo "the people and their phones"
: >"$folder/phones"
for name in anna ben sam; do
  password="$(head -c 18 /dev/urandom | base64 | tr '+/' 'ab')"
  api POST /v1/accounts "{\"name\": \"$name-desk\", \"password\": \"$password\"}" >/dev/null
  api POST /v1/users "{\"name\": \"$name\", \"account\": \"$name-desk\"}" >/dev/null
  echo "<sip:$name-desk@127.0.0.1>;auth_pass=$password;audio_codecs=pcmu/8000,pcma/8000" >>"$folder/phones"
done

echo "the queue, with anna and ben as its agents"
api POST /v1/queues '{"name": "sales", "strategy": "longest-idle", "settings": "{\"announce\": {\"position\": true, \"everySeconds\": 15}, \"record\": true}"}' >/dev/null
for name in anna ben; do
  api POST /v1/agents "{\"user\": \"$name\"}" >/dev/null
  api PUT "/v1/queues/sales/members/$name" >/dev/null
done

echo "the box, and who is told of messages"
api POST /v1/voicemail-boxes '{"box": "500", "min_seconds": 1, "transcribe": true, "settings": "{\"notify\": {\"mail\": [\"rita@example.org\", \"sam@example.org\"], \"attach\": \"attach\", \"text\": [\"+12025550144\", \"sam-desk\"]}}"}' >/dev/null
api POST /v1/webhooks "{\"name\": \"crm\", \"url\": \"${OUTSIDE:-http://127.0.0.1:8025}/events\"}" | member secret >"$folder/webhook-secret"

echo "the hours, and what happens when"
api POST /v1/schedules '{"name": "office", "time_zone": "America/New_York", "hours": "{\"week\": {\"mon-fri\": [\"09:00-17:00\"]}}"}' >/dev/null
plan='{"rules": [{"name": "hours", "when": {"schedule": "office"}, "then": [{"do": "queue", "queue": "sales"}, {"do": "voicemail", "box": "500"}]}], "default": {"then": [{"do": "voicemail", "box": "500"}]}}'
id="$(api POST /v1/plans "$(python3 -c 'import json, sys; print(json.dumps({"name": "main", "document": sys.argv[1]}))' "$plan")" | member id)"
api POST /v1/plans/main/publish >/dev/null
api POST "/v1/numbers/$number/assign" "{\"channel\": \"CHANNEL_VOICE\", \"target\": \"TARGET_ROUTING_PLAN\", \"target_id\": \"$id\"}" >/dev/null

echo "done: $number answers. Phones: $folder/phones"
