// The few secrets that are left: Twilio's token, the webhook's shared secret and the key that signs sessions.

import { operator } from '../types.bicep'

param name string
param location string
param tags object
param purgeProtection bool
param appPrincipalId string
param operatorPrincipal operator
param workspaceId string

@description('Secrets of the first deployment expire a year after it; an alert tells a month before. A rotation sets its own date.')
param now string = utcNow()

@secure()
@description('Secret values by name. An empty value leaves what the vault already holds.')
param secrets object

var secretNames = ['twilio-auth-token', 'webhook-shared-secret', 'session-signing-key']

var secretsUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4633458b-17de-408a-b874-0445c86b69e6'
)
var secretsOfficer = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
)

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: purgeProtection ? 90 : 7
    // The service accepts true or nothing, never false.
    enablePurgeProtection: purgeProtection ? true : null
  }
}

resource values 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = [
  for secretName in secretNames: if (!empty(secrets[secretName])) {
    parent: vault
    name: secretName
    properties: {
      value: secrets[secretName]
      attributes: {
        exp: dateTimeToEpoch(dateTimeAdd(now, 'P1Y'))
      }
    }
  }
]

resource appRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appPrincipalId, secretsUser)
  scope: vault
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// Secrets are changed by hand, as SECURITY.md says.
resource operatorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, operatorPrincipal.objectId, secretsOfficer)
  scope: vault
  properties: {
    principalId: operatorPrincipal.objectId
    principalType: 'Group'
    roleDefinitionId: secretsOfficer
  }
}

// Who read or changed which secret, and from where.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

output id string = vault.id
output name string = vault.name
