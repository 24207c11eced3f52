import { chatModel as chatModelType, transcriptionModel as transcriptionModelType } from '../models.bicep'
import { operator } from '../types.bicep'

param name string
param location string
param tags object
param appPrincipalId string
param operatorPrincipal operator
param chatModel chatModelType
param chatCapacity int
param transcriptionModel transcriptionModelType
param transcriptionCapacity int

var openAiUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'
)

resource account 'Microsoft.CognitiveServices/accounts@2025-09-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: {
    name: 'S0'
  }
  properties: {
    // Required for logins by identity.
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

resource chat 'Microsoft.CognitiveServices/accounts/deployments@2025-09-01' = {
  parent: account
  name: 'chat'
  sku: {
    name: chatModel.sku
    capacity: chatCapacity
  }
  properties: {
    model: {
      format: 'OpenAI'
      name: chatModel.name
      version: chatModel.version
    }
    // Azure does not upgrade the model of a running app. An alert watches its retirement (docs/runbook.md#model-unavailable).
    versionUpgradeOption: 'NoAutoUpgrade'
  }
}

resource transcription 'Microsoft.CognitiveServices/accounts/deployments@2025-09-01' = {
  parent: account
  name: 'transcription'
  sku: {
    name: transcriptionModel.sku
    capacity: transcriptionCapacity
  }
  properties: {
    model: {
      format: 'OpenAI'
      name: transcriptionModel.name
      version: transcriptionModel.version
    }
    versionUpgradeOption: 'NoAutoUpgrade'
  }
  // The account creates one deployment at a time.
  dependsOn: [
    chat
  ]
}

resource appRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, openAiUser)
  scope: account
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: openAiUser
  }
}

// Asks the models after a deployment (familypa smoke).
resource operatorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, operatorPrincipal.objectId, openAiUser)
  scope: account
  properties: {
    principalId: operatorPrincipal.objectId
    principalType: 'Group'
    roleDefinitionId: openAiUser
  }
}

output id string = account.id
output endpoint string = account.properties.endpoint
output chatDeployment string = chat.name
output transcriptionDeployment string = transcription.name
