using 'main.bicep'

import { chatModels, transcriptionModels } from 'models.bicep'

// What azd deploys with. Values come from the azd environment (`azd env set NAME value`) or from the shell; in a workflow, what GitHub has no
// variable for comes as an empty text, so that has to mean the same as nothing.
// main.dev.bicepparam and main.prod.bicepparam build on this file and fix the stage, for deployments without azd.

param stage = readEnvironmentVariable('FAMILYPA_STAGE', 'dev')
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'swedencentral')
var aiLocationGiven = readEnvironmentVariable('AZURE_OPENAI_LOCATION', '')
param aiLocation = empty(aiLocationGiven) ? 'swedencentral' : aiLocationGiven

param databaseServerName = readEnvironmentVariable('DATABASE_SERVER_NAME', '')

param operatorPrincipal = {
  name: readEnvironmentVariable('OPERATOR_NAME', '')
  objectId: readEnvironmentVariable('OPERATOR_OBJECT_ID', '')
}
param operatorAddress = readEnvironmentVariable('OPERATOR_ADDRESS', '')

var runbookUrlGiven = readEnvironmentVariable('RUNBOOK_URL', '')
param runbookUrl = empty(runbookUrlGiven) ? 'docs/runbook.md' : runbookUrlGiven
param alertEmails = readEnvironmentVariable('ALERT_EMAILS', '')
// Made up once, by hooks/preprovision.sh.
param budgetStart = readEnvironmentVariable('BUDGET_START', '2026-12-01')

// As JSON: {"GlobalPerDay":20000,"DailyCostGlobalUsd":200}
var limitsGiven = readEnvironmentVariable('FAMILYPA_LIMITS', '')
param limits = json(empty(limitsGiven) ? '{}' : limitsGiven)

param canary = toLower(readEnvironmentVariable('FAMILYPA_CANARY', '')) == 'true'

param publicBaseUrl = readEnvironmentVariable('PUBLIC_BASE_URL_OVERRIDE', '')
param twilioAccountSid = readEnvironmentVariable('TWILIO_ACCOUNT_SID', '')
param twilioNumbers = readEnvironmentVariable('TWILIO_NUMBERS', '')
param invitationCountries = readEnvironmentVariable('INVITATION_COUNTRIES', '')
param twilioMediaHosts = readEnvironmentVariable('TWILIO_MEDIA_HOSTS', '')
param twilioAuthToken = readEnvironmentVariable('TWILIO_AUTH_TOKEN', '')
param webhookSharedSecret = readEnvironmentVariable('WEBHOOK_SHARED_SECRET', '')
param sessionSigningKey = readEnvironmentVariable('SESSION_SIGNING_KEY', '')
param rotating = readEnvironmentVariable('ROTATING_SECRETS', '')
param oidcAuthority = readEnvironmentVariable('OIDC_AUTHORITY', '')
param oidcAudience = readEnvironmentVariable('OIDC_AUDIENCE', '')
param operatorAudience = readEnvironmentVariable('OPERATOR_AUDIENCE', '')
param operatorTokensOnly = toLower(readEnvironmentVariable('OPERATOR_TOKENS_ONLY', '')) == 'true'

// Names in models.bicep. What a region offers, and until when: az cognitiveservices model list --location <region>
var chatModelGiven = readEnvironmentVariable('FAMILYPA_CHAT_MODEL', '')
param chatModel = chatModels[empty(chatModelGiven) ? 'gpt-6-luna' : chatModelGiven]

var transcriptionModelGiven = readEnvironmentVariable('FAMILYPA_TRANSCRIPTION_MODEL', '')
param transcriptionModel = transcriptionModels[empty(transcriptionModelGiven) ? 'gpt-transcribe' : transcriptionModelGiven]

param audioMayLeaveEu = toLower(readEnvironmentVariable('FAMILYPA_AUDIO_MAY_LEAVE_EU', '')) == 'true'
