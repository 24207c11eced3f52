#!/bin/sh
# After a deployment: waits until the app answers, asks each model once (not if SKIP_MODEL_CHECK is true), and says what is left to do. Secrets are never
# printed, only where they are.
set -eu

printf 'Waiting for %s/api/health/ready ' "$PUBLIC_BASE_URL"
tries=0
until curl --silent --fail --max-time 10 --output /dev/null "$PUBLIC_BASE_URL/api/health/ready"; do
  tries=$((tries + 1))
  if [ "$tries" -ge "${READY_TRIES:-30}" ]; then
    printf '\nIt is not ready. docs/runbook.md#availability says where to look.\n' >&2
    exit 1
  fi
  printf .
  sleep "${READY_PAUSE:-5}"
done

echo
if [ "${SKIP_MODEL_CHECK:-}" != true ]; then
  echo 'Asking the models:'
  if ! "$(dirname "$0")/smoke"; then
    echo 'A model does not answer as it should. docs/runbook.md#model-unavailable says what to do.' >&2
    exit 1
  fi
fi

cat <<END

Ready. The function key, for the command line and /ops:

  export FAMILYPA_URL=$PUBLIC_BASE_URL
  export FAMILYPA_KEY="\$(az functionapp keys list --resource-group $RESOURCE_GROUP_NAME --name $FUNCTION_APP_NAME --query functionKeys.default --output tsv)"

The webhook for Twilio's console, with the secret from Key Vault in it:

  echo "$PUBLIC_BASE_URL/api/webhooks/twilio?secret=\$(az keyvault secret show --vault-name $KEY_VAULT_NAME --name webhook-shared-secret --query value --output tsv)#rc=3&rp=5xx,ct,rt"
END
