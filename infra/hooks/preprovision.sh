#!/bin/sh
# Before the first deployment of an azd environment: Twilio's token must be known, the other two secrets are made here.
# Once they are in Key Vault (postprovision.sh) this has nothing left to do; a machine that deploys to an environment it
# did not create sets SECRETS_STORED=true, or it would make new ones.
set -eu

if [ "${SECRETS_STORED:-}" = true ]; then
  exit 0
fi

for name in TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN; do
  if [ -z "$(printenv "$name" || true)" ]; then
    echo "Set it first: azd env set $name <value from the Twilio console>" >&2
    exit 1
  fi
done

for name in WEBHOOK_SHARED_SECRET SESSION_SIGNING_KEY; do
  if [ -z "$(printenv "$name" || true)" ]; then
    azd env set "$name" "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
  fi
done
