#!/bin/sh
# After provisioning: the secrets leave the azd environment (a plain file), and the database gets its schema, its roles
# and the login of the app's identity. From outside Azure the server lets you in once OPERATOR_ADDRESS is your address.
set -eu
cd "$(dirname "$0")/../.."

if [ "${SECRETS_STORED:-}" != true ]; then
  for name in TWILIO_AUTH_TOKEN WEBHOOK_SHARED_SECRET SESSION_SIGNING_KEY; do
    azd env set "$name" ''
  done
  azd env set SECRETS_STORED true
fi

if ! POSTGRES_CONNECTION_STRING=$MIGRATION_CONNECTION_STRING POSTGRES_USE_ENTRA=true \
  dotnet run --project tools/FamilyPa.Cli -- migrate --app-identity "$APP_IDENTITY_OBJECT_ID"; then
  echo 'The migrations were not applied. No connection? azd env set OPERATOR_ADDRESS <your public IPv4>, then azd provision.' >&2
  exit 1
fi

echo "Twilio webhook: $PUBLIC_BASE_URL/api/webhooks/twilio?secret=… (webhook-shared-secret in $KEY_VAULT_NAME)"
