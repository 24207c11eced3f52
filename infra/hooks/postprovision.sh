#!/bin/sh
# After provisioning: the secrets leave the azd environment (a plain file), and the database gets its schema, its roles
# and the login of the app's identity.
set -eu
cd "$(dirname "$0")/../.."

if [ "${SECRETS_STORED:-}" != true ]; then
  for name in TWILIO_AUTH_TOKEN WEBHOOK_SHARED_SECRET SESSION_SIGNING_KEY; do
    azd env set "$name" ''
  done
  azd env set SECRETS_STORED true
fi

if ! POSTGRES_CONNECTION_STRING=$MIGRATION_CONNECTION_STRING POSTGRES_USE_ENTRA=true \
  infra/hooks/with-database dotnet run --project tools/FamilyPa.Cli -- migrate --app-identity "$APP_IDENTITY_OBJECT_ID"; then
  echo 'The migrations were not applied. From outside the network: azd env set OPERATOR_ADDRESS <your public IPv4>, then azd provision.' >&2
  exit 1
fi
