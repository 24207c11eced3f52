#!/bin/sh
# Before a deployment: what only a person knows must be there, and what is made once is made here.
# A machine that deploys to an environment it did not create sets SECRETS_STORED=true, or it would make new secrets, and BUDGET_START to
# what the environment has (azd env get-value BUDGET_START).
set -eu

given() {
  [ -n "$(printenv "$1" || true)" ]
}

need() {
  if ! given "$1"; then
    echo "Set it first: azd env set $1 <$2>" >&2
    exit 1
  fi
}

need AZURE_SUBSCRIPTION_ID 'id of the subscription to deploy to; az account show has that of your sign-in'
need TWILIO_ACCOUNT_SID 'value from the Twilio console'
need OPERATOR_NAME 'name of the group of Entra ID that operates; infra/hooks/operators creates one'
need OPERATOR_OBJECT_ID 'object id of that group'
need ALERT_EMAILS 'who is told of alerts and of the budget, comma separated'
if [ "${FAMILYPA_AUDIO_MAY_LEAVE_EU:-}" != true ]; then
  echo 'The transcription models are offered as GlobalStandard only: recordings may be processed outside the EU (docs/deploy.md). If that is all right:' >&2
  echo '  azd env set FAMILYPA_AUDIO_MAY_LEAVE_EU true' >&2
  exit 1
fi

[ -z "${OPERATOR_ADDRESS:-}" ] || "$(dirname "$0")/ipv4" "$OPERATOR_ADDRESS"

# A budget's first month can never be changed, so it has to stay what it was.
given BUDGET_START || azd env set BUDGET_START "$(date -u +%Y-%m-01)"

# The network asks for this provider, but no resource of it is deployed, so nothing else registers it.
az provider register --namespace Microsoft.App --subscription "$AZURE_SUBSCRIPTION_ID" --wait

if [ "${SECRETS_STORED:-}" != true ]; then
  if ! given TWILIO_AUTH_TOKEN; then
    echo 'Give the auth token of the Twilio console first: read -rs TWILIO_AUTH_TOKEN, then export TWILIO_AUTH_TOKEN.' >&2
    exit 1
  fi
  # Process lists show arguments, so the secrets go by a file.
  umask 077
  made=$(mktemp)
  trap 'rm -f "$made"' EXIT
  for name in WEBHOOK_SHARED_SECRET SESSION_SIGNING_KEY; do
    given "$name" || echo "$name=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" >>"$made"
  done
  [ ! -s "$made" ] || azd env set --file "$made"
fi
