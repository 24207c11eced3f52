// PostgreSQL with Entra logins only: no password exists. The operator owns the schema; the app logs in as familypa_app,
// which `familypa migrate` creates and ties to the app's identity. The app reaches it by a private endpoint. The public one is off, or
// (with an operator's address) on and closed to everyone: there is no firewall rule here, hooks/with-database makes one for as long
// as a command runs.

import { operator } from '../types.bicep'
import { size } from '../sizes.bicep'

param name string
param location string
param tags object
param databaseSize size.database
param operatorPrincipal operator

@description('Whether someone outside the network migrates; then the public endpoint exists.')
param publicEndpoint bool

param networkId string
param endpointSubnetId string
param workspaceId string

var settings = {
  // The line itself is kept, its details are not: they repeat the row that broke a constraint, phone numbers and texts included.
  log_error_verbosity: 'terse'
  require_secure_transport: 'on'
  ssl_min_protocol_version: 'TLSv1.2'
}

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
      geoRedundantBackup: databaseSize.geoRedundantBackup
    }
    highAvailability: {
      mode: databaseSize.highAvailability
    }
    network: {
      publicNetworkAccess: publicEndpoint ? 'Enabled' : 'Disabled'
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

// On the database and not on the server, whose firewall rules hooks/with-database could not delete then. Azure deletes no resource while one below it is
// locked: https://learn.microsoft.com/azure/dns/dns-protect-zones-recordsets#protecting-against-zone-deletion shows the same for a zone and its records.
resource deleteLock 'Microsoft.Authorization/locks@2020-05-01' = if (databaseSize.deleteLock) {
  name: 'keep'
  scope: database
  properties: {
    level: 'CanNotDelete'
    notes: 'The families\' data. How to take it down: docs/deploy.md.'
  }
}

@batchSize(1)
resource serverSettings 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01' = [
  for setting in items(settings): {
    parent: server
    name: setting.key
    properties: {
      value: setting.value
      source: 'user-override'
    }
    dependsOn: [
      database
    ]
  }
]

resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01' = {
  parent: server
  name: operatorPrincipal.objectId
  properties: {
    principalName: operatorPrincipal.name
    principalType: 'Group'
    tenantId: tenant().tenantId
  }
  dependsOn: [
    serverSettings
  ]
}

resource endpoint 'Microsoft.Network/privateEndpoints@2025-01-01' = {
  name: 'pe-${name}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: endpointSubnetId
    }
    privateLinkServiceConnections: [
      {
        name: 'postgres'
        properties: {
          privateLinkServiceId: server.id
          groupIds: ['postgresqlServer']
        }
      }
    ]
  }
  dependsOn: [
    administrator
  ]

  // Keeps the server's record in the zone at the endpoint's address.
  resource records 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: 'postgres'
          properties: {
            privateDnsZoneId: zone.id
          }
        }
      ]
    }
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: 'privatelink.postgres.database.azure.com'
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'app'
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: networkId
      }
    }
  }
}

// Refused logins and server errors.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: server
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'PostgreSQLLogs'
        enabled: true
      }
    ]
  }
}

output id string = server.id

@description('Without a login.')
output connectionString string = 'Host=${server.properties.fullyQualifiedDomainName};Port=5432;Database=${database.name};SSL Mode=VerifyFull'
