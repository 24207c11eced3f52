import { operator } from '../types.bicep'

param planName string
param name string
param location string
param tags object
param maximumInstances int
param alwaysReady int
param zoneRedundant bool
param subnetId string
param identityResourceId string
param identityClientId string
param storageAccountName string
param deploymentContainerUrl string
param applicationInsightsName string

@description('Where Twilio and the families reach the app; empty means the host name Azure gives it.')
param publicBaseUrl string
param operatorPrincipal operator

@description('Other settings of the app; secrets are Key Vault references.')
param settings object

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // azd finds the app of a service of azure.yaml by this tag.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityResourceId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityResourceId
    // The route to the database. The other services are on the internet.
    virtualNetworkSubnetId: subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
    functionAppConfig: {
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityResourceId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstances
        // Twilio waits 15 seconds; a cold start may take longer.
        alwaysReady: [
          {
            name: 'http'
            instanceCount: alwaysReady
          }
        ]
      }
    }
  }

  // A separate resource, because the settings need the host name, which exists only after the app.
  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, {
      AZURE_CLIENT_ID: identityClientId
      // No other credential is tried: https://learn.microsoft.com/dotnet/azure/sdk/authentication/credential-chains
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
      AzureWebJobsStorage__accountName: storageAccountName
      AzureWebJobsStorage__clientId: identityClientId
      AzureWebJobsStorage__credential: 'managedidentity'
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      PUBLIC_BASE_URL: empty(publicBaseUrl) ? 'https://${app.properties.defaultHostName}' : publicBaseUrl
    })
  }

  resource noFtpPasswords 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource noScmPasswords 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

var websiteContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'de139f84-1756-47ae-9be6-808fbbe84772'
)

// For the function key, the log stream, a restart, a deployment of the commit before. No built-in role has the keys without the rest.
resource operatorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(app.id, operatorPrincipal.objectId, websiteContributor)
  scope: app
  properties: {
    principalId: operatorPrincipal.objectId
    principalType: 'Group'
    roleDefinitionId: websiteContributor
  }
}

output name string = app.name
output publicBaseUrl string = empty(publicBaseUrl) ? 'https://${app.properties.defaultHostName}' : publicBaseUrl
