// PostgreSQL with Entra logins only: no password exists. The operator owns the schema; the app logs in as familypa_app,
// which `familypa migrate` creates and ties to the app's identity.

import { operator } from '../types.bicep'
import { size } from '../sizes.bicep'

param name string
param location string
param tags object
param databaseSize size.database
param operatorPrincipal operator

@description('The address migrations are run from; empty when that is Azure.')
param operatorAddress string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: databaseSize.sku
    tier: databaseSize.tier
  }
  properties: {
    version: '17'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: {
      storageSizeGB: databaseSize.storageGb
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: databaseSize.backupDays
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: databaseSize.highAvailability
    }
  }
}

// The server takes one change at a time, hence the chain of dependsOn.

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: 'familypa'
  properties: {
    charset: 'UTF8'
    collation: 'en_US.utf8'
  }
}

// Flex Consumption has no fixed addresses; this opens the server to Azure's, where a token of our tenant is still asked for.
resource azureServices 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = {
  parent: server
  name: 'azure-services'
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '0.0.0.0'
  }
  dependsOn: [
    database
  ]
}

resource operatorRule 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = if (!empty(operatorAddress)) {
  parent: server
  name: 'operator'
  properties: {
    startIpAddress: operatorAddress
    endIpAddress: operatorAddress
  }
  dependsOn: [
    azureServices
  ]
}

resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01' = {
  parent: server
  name: operatorPrincipal.objectId
  properties: {
    principalName: operatorPrincipal.name
    principalType: operatorPrincipal.type
    tenantId: tenant().tenantId
  }
  dependsOn: [
    azureServices
    operatorRule
  ]
}

var connection = 'Host=${server.properties.fullyQualifiedDomainName};Port=5432;Database=${database.name};SSL Mode=VerifyFull'

output appConnectionString string = '${connection};Username=familypa_app;Maximum Pool Size=${databaseSize.poolSize}'
output migrationConnectionString string = '${connection};Username=${operatorPrincipal.name}'
