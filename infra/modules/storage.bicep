// Queues, media, the deployment package and the Functions host's own blobs. There are no keys: access is by role only.

import { operator } from '../types.bicep'

param name string
param location string
param tags object
param sku string
param appPrincipalId string
param operatorPrincipal operator

@description('The app deletes media much earlier. This rule applies if that fails.')
param mediaRetentionDays int = 30

var phases = ['download', 'transcribe', 'extract', 'finalize', 'inbound', 'notifications']
var queueNames = concat(phases, map(phases, phase => '${phase}-poison'))

var roles = {
  // The Functions host asks for Owner on the account of AzureWebJobsStorage: its locks, keys and timers live there.
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  // Sending and receiving is not enough: extending a message's visibility and moving it to -poison write it.
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // Deleted blobs are gone at once; no copy is kept.
      deleteRetentionPolicy: {
        enabled: false
      }
    }

    resource media 'containers' = {
      name: 'media'
    }

    resource deployments 'containers' = {
      name: 'deployments'
    }
  }

  resource queueService 'queueServices' = {
    name: 'default'

    // The host polls a missing queue, it does not create it.
    resource queues 'queues' = [
      for queueName in queueNames: {
        name: queueName
      }
    ]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'delete-old-media'
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['blockBlob']
                prefixMatch: ['media/']
              }
              actions: {
                baseBlob: {
                  delete: {
                    daysAfterModificationGreaterThan: mediaRetentionDays
                  }
                }
              }
            }
          }
        ]
      }
    }
    dependsOn: [
      blobs
    ]
  }
}

resource appRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(roles): {
    name: guid(account.id, appPrincipalId, role.value)
    scope: account
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
    }
  }
]

// Replaying a phase is putting a MessageSid into its queue. Media stays closed to operators.
resource operatorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, operatorPrincipal.objectId, roles.queueDataContributor)
  scope: account
  properties: {
    principalId: operatorPrincipal.objectId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueDataContributor)
  }
}

output name string = account.name
output deploymentContainerUrl string = '${account.properties.primaryEndpoints.blob}${account::blobs::deployments.name}'
