// Family PA in Azure: one resource group, one identity, no shared keys. `azd up` deploys it (azure.yaml).

targetScope = 'subscription'

import { chatModel as chatModelType, transcriptionModel as transcriptionModelType } from 'models.bicep'
import { operator } from 'types.bicep'
import { size, sizes } from 'sizes.bicep'

@minLength(1)
@maxLength(32)
@description('Names the environment; part of the resource group\'s name and of every unique name.')
param environmentName string

@description('Which column of sizes.bicep to use.')
param stage 'dev' | 'prod' | 'prod-without-zones'

@description('SKUs, sizes and limits of your own, instead of the column of the stage.')
param ownSize size?

param location string

@description('Name of the database server; empty for the one of this environment. Set it to a restored server, or the next deployment goes back to the old one.')
param databaseServerName string = ''

@description('Where the models run; not every region has them.')
param aiLocation string = location

@description('Who migrates, replays and sets secrets.')
param operatorPrincipal operator

@description('The public IPv4 address migrations are run from; empty when that is inside the network, and then the database has no public endpoint.')
param operatorAddress string = ''

@description('Recipients of alerts and of the budget, comma separated.')
param alertEmails string

@description('First day of the month this environment was made in, yyyy-MM-01.')
param budgetStart string

@description('Where the runbook is read; alerts link to its headings.')
param runbookUrl string

@description('https://… without a slash at the end, as Twilio signs it; empty for the host name Azure gives the app.')
param publicBaseUrl string = ''

param twilioAccountSid string

@description('Our numbers in E.164, comma separated; empty accepts every number of the account.')
param twilioNumbers string = ''

@description('Countries (ISO 3166-1, comma separated) of the numbers that members may invite; empty: those of our numbers.')
param invitationCountries string = ''
param twilioApiBaseUrl string = 'https://api.twilio.com'

@description('Hosts (host[:port], comma separated) that media may be redirected to besides Twilio\'s own, should Twilio move.')
param twilioMediaHosts string = ''

@secure()
@description('Empty after the first deployment: the vault keeps what it has.')
param twilioAuthToken string = ''

@secure()
param webhookSharedSecret string = ''

@secure()
param sessionSigningKey string = ''

@description('Names of what is being changed: twilio-auth-token, webhook-shared-secret, session-signing-key. The vault must hold <name>-next for each.')
param rotating string = ''

@description('An outside issuer whose tokens members may use as well; empty for none.')
param oidcAuthority string = ''
param oidcAudience string = ''

@description('The client id of what operators sign in to; empty leaves them the function key.')
param operatorAudience string = ''

@description('Switches the function key off.')
param operatorTokensOnly bool = false

@description('Its deployment is always called `chat`.')
param chatModel chatModelType

@description('Its deployment is always called `transcription`.')
param transcriptionModel transcriptionModelType

@description('Whether recordings may be processed outside the EU. Who deploys has to say so, for the transcription models are offered as GlobalStandard only.')
param audioMayLeaveEu bool

@description('Replaces single Limits__ settings, also those of the stage.')
param limits object = {}

@description('Replaces single Pipeline__ settings, also the prices of the models above. Fractions as text.')
param pipeline object = {}

@description('Replaces single Retention__ settings, in days: RawPayloadDays, MediaDays, TranscriptDays.')
param retention object = {}

@description('Replaces single Reminders__ settings: Enabled, Before, AllDayAt, QuietFrom, QuietUntil, LateAfter, WhatsAppTemplate, BySms.')
param reminders object = {}

@description('Whether a message of our own goes through the public address every five minutes, and its absence raises an alert.')
param canary bool = false

var chosen size = ownSize ?? sizes[stage]
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  application: 'familypa'
  'azd-env-name': environmentName
}

// Connections of the app, from what the server allows. All HTTP functions scale together, each other function scales alone (a test counts them), and
// instances that are always ready come on top of the maximum: https://learn.microsoft.com/azure/azure-functions/event-driven-scaling (2026-08-03).
var functionsThatScaleAlone = 17
var instancesOfOne = chosen.maximumInstances + (chosen.zoneRedundant ? 2 : 0)
var instancesOfHttp = chosen.maximumInstances + chosen.alwaysReady
var instances = functionsThatScaleAlone * instancesOfOne + instancesOfHttp
// HTTP and the queue `inbound` store messages, for which the app opens one connection more than a pool of one has. Five are for operators.
var connectionsForInstances = chosen.database.connections - 5 - instancesOfHttp - instancesOfOne
var poolSize = connectionsForInstances < instances
  ? fail('${instances} instances need more than the ${chosen.database.connections} connections of ${chosen.database.sku}. Lower maximumInstances, or take a larger server.')
  : connectionsForInstances / instances

var allLimits = union(
  {
    SenderPerMinute: 10
    GlobalPerHour: 2000
    GlobalPerDay: 10000
    VerificationFailuresPerMinutePerAddress: 20
    MaxAudioMinutes: 10
    MaxMediaMegabytes: 25
    MaxPictureMegapixels: 50
    MaxPictures: 10
    MaxConcurrentJobs: 8
    DailyCostPerFamilyUsd: 10
    DailyCostGlobalUsd: 100
    FamilySharePercent: 25
    StrangersPerDay: 1000
    BreakerFailures: 10
    SenderFailures: 5
  },
  chosen.limits,
  limits
)

var allPipeline = union(chatModel.prices, transcriptionModel.prices, pipeline)

var allowedTranscriptionModel transcriptionModelType = transcriptionModel.sku == 'GlobalStandard' && !audioMayLeaveEu
  ? fail('${transcriptionModel.name} as GlobalStandard may process recordings outside the EU. Allow it by audioMayLeaveEu (azd env set FAMILYPA_AUDIO_MAY_LEAVE_EU true), or choose another model.')
  : transcriptionModel

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-familypa-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-familypa-${token}'
    location: location
    tags: tags
  }
}

module operators 'modules/operator.bicep' = {
  scope: group
  params: {
    operatorPrincipal: operatorPrincipal
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-familypa-${token}'
    applicationInsightsName: 'appi-familypa-${token}'
    location: location
    tags: tags
    retentionDays: chosen.logRetentionDays
    quotaGb: chosen.logQuotaGb
    appPrincipalId: identity.outputs.principalId
    operatorPrincipal: operatorPrincipal
  }
}

module network 'modules/network.bicep' = {
  scope: group
  params: {
    name: 'vnet-familypa-${token}'
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'stfpa${token}'
    location: location
    tags: tags
    sku: chosen.storageSku
    appPrincipalId: identity.outputs.principalId
    operatorPrincipal: operatorPrincipal
  }
}

module keyVault 'modules/keyVault.bicep' = {
  scope: group
  params: {
    name: 'kv-fpa-${token}'
    location: location
    tags: tags
    purgeProtection: chosen.purgeProtection
    appPrincipalId: identity.outputs.principalId
    operatorPrincipal: operatorPrincipal
    workspaceId: monitoring.outputs.workspaceId
    secrets: {
      'twilio-auth-token': twilioAuthToken
      'webhook-shared-secret': webhookSharedSecret
      'session-signing-key': sessionSigningKey
    }
  }
}

module database 'modules/database.bicep' = {
  scope: group
  params: {
    name: empty(databaseServerName) ? 'psql-familypa-${token}' : databaseServerName
    location: location
    tags: tags
    databaseSize: chosen.database
    operatorPrincipal: operatorPrincipal
    publicEndpoint: !empty(operatorAddress)
    networkId: network.outputs.networkId
    endpointSubnetId: network.outputs.endpointSubnetId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module openAi 'modules/openAi.bicep' = {
  scope: group
  params: {
    name: 'oai-familypa-${token}'
    location: aiLocation
    tags: tags
    appPrincipalId: identity.outputs.principalId
    operatorPrincipal: operatorPrincipal
    chatModel: chatModel
    chatCapacity: chosen.chatCapacity
    transcriptionModel: allowedTranscriptionModel
    transcriptionCapacity: chosen.transcriptionCapacity
  }
}

var secretReference = '@Microsoft.KeyVault(VaultName=${keyVault.outputs.name};SecretName={0})'

module functionApp 'modules/functionApp.bicep' = {
  scope: group
  params: {
    planName: 'plan-familypa-${token}'
    name: 'func-familypa-${token}'
    location: location
    tags: tags
    maximumInstances: chosen.maximumInstances
    alwaysReady: chosen.alwaysReady
    zoneRedundant: chosen.zoneRedundant
    subnetId: network.outputs.appSubnetId
    identityResourceId: identity.outputs.resourceId
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    publicBaseUrl: publicBaseUrl
    operatorPrincipal: operatorPrincipal
    settings: union(
      {
        POSTGRES_CONNECTION_STRING: '${database.outputs.connectionString};Username=familypa_app;Maximum Pool Size=${poolSize}'
        POSTGRES_USE_ENTRA: 'true'
        TWILIO_ACCOUNT_SID: twilioAccountSid
        TWILIO_AUTH_TOKEN: format(secretReference, 'twilio-auth-token')
        TWILIO_API_BASE_URL: twilioApiBaseUrl
        WEBHOOK_SHARED_SECRET: format(secretReference, 'webhook-shared-secret')
        SESSION_SIGNING_KEY: format(secretReference, 'session-signing-key')
        // App Service's front end sets it, and replaces what a caller sent.
        CLIENT_ADDRESS_HEADER: 'Client-IP'
        AZURE_OPENAI_ENDPOINT: openAi.outputs.endpoint
        AZURE_OPENAI_CHAT_DEPLOYMENT: openAi.outputs.chatDeployment
        AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT: openAi.outputs.transcriptionDeployment
        AZURE_OPENAI_TRANSCRIPTION_SHAPE: transcriptionModel.shape
      },
      // Only while rotating: a reference to a secret that is not there reaches the app as its own text, a secret anyone can guess.
      contains(rotating, 'twilio-auth-token')
        ? { TWILIO_AUTH_TOKEN_NEXT: format(secretReference, 'twilio-auth-token-next') }
        : {},
      contains(rotating, 'webhook-shared-secret')
        ? { WEBHOOK_SHARED_SECRET_NEXT: format(secretReference, 'webhook-shared-secret-next') }
        : {},
      contains(rotating, 'session-signing-key')
        ? { SESSION_SIGNING_KEY_NEXT: format(secretReference, 'session-signing-key-next') }
        : {},
      empty(twilioMediaHosts) ? {} : { TWILIO_MEDIA_HOSTS: twilioMediaHosts },
      empty(twilioNumbers) ? {} : { TWILIO_NUMBERS: twilioNumbers },
      empty(invitationCountries) ? {} : { INVITATION_COUNTRIES: invitationCountries },
      empty(oidcAuthority) ? {} : { OIDC_AUTHORITY: oidcAuthority, OIDC_AUDIENCE: oidcAudience },
      empty(operatorAudience)
        ? {}
        : {
            OPERATOR_AUTHORITY: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
            OPERATOR_AUDIENCE: operatorAudience
          },
      operatorTokensOnly ? { OPERATOR_TOKENS_ONLY: 'true' } : {},
      canary ? { Canary__Enabled: 'true' } : {},
      toObject(items(allLimits), limit => 'Limits__${limit.key}', limit => string(limit.value)),
      toObject(items(allPipeline), setting => 'Pipeline__${setting.key}', setting => string(setting.value)),
      toObject(items(retention), setting => 'Retention__${setting.key}', setting => string(setting.value)),
      toObject(items(reminders), setting => 'Reminders__${setting.key}', setting => string(setting.value))
    )
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    emails: filter(map(split(alertEmails, ','), email => trim(email)), email => !empty(email))
    enabled: chosen.alerts
    runbookUrl: runbookUrl
    workspaceId: monitoring.outputs.workspaceId
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    readyUrl: '${functionApp.outputs.publicBaseUrl}/api/health/ready'
  }
}

module platformAlerts 'modules/platformAlerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    enabled: chosen.platformAlerts
    runbookUrl: runbookUrl
    actionGroupId: alerts.outputs.actionGroupId
    databaseId: database.outputs.id
    burstable: chosen.database.tier == 'Burstable'
    connections: chosen.database.connections
    openAiId: openAi.outputs.id
    vaultId: keyVault.outputs.id
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module budget 'modules/budget.bicep' = {
  scope: group
  params: {
    amount: chosen.budget
    start: budgetStart
    actionGroupId: alerts.outputs.actionGroupId
  }
}

// azd keeps outputs as environment values, in plain text: nothing secret may be among them.
output PUBLIC_BASE_URL string = functionApp.outputs.publicBaseUrl
output FUNCTION_APP_NAME string = functionApp.outputs.name
output RESOURCE_GROUP_NAME string = group.name
output DATABASE_SERVER_ID string = database.outputs.id
output KEY_VAULT_NAME string = keyVault.outputs.name
output STORAGE_ACCOUNT_NAME string = storage.outputs.name
output APP_IDENTITY_OBJECT_ID string = identity.outputs.principalId
output MIGRATION_CONNECTION_STRING string = '${database.outputs.connectionString};Username=${operatorPrincipal.name}'
