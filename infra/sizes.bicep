// What environments for development and production differ in. main.bicep picks one by its parameter `stage`.

@export()
type size = {
  storageSku: 'Standard_LRS' | 'Standard_ZRS'
  @minValue(1)
  @description('Instances on demand: of all HTTP functions together, and of each other function. The work itself is bounded by Limits__MaxConcurrentJobs.')
  // Per function group, 1 at least: https://learn.microsoft.com/azure/azure-functions/event-driven-scaling (2026-08-03), Azure/azure-rest-api-specs pull
  // request 45083 (2026-07-29). Before 2026 it was 40 at least (Azure/azure-functions-host issue 10523). A burst of HTTP requests may go above it for
  // seconds (issue 11790, open): the alert database-connections tells.
  maximumInstances: int
  @description('Instances of the HTTP functions that are always ready, on top of maximumInstances.')
  alwaysReady: int
  @description('Spreads instances over zones. The platform then keeps two of each function always ready, and charges them (docs/costs.md).')
  zoneRedundant: bool
  database: {
    sku: string
    tier: 'Burstable' | 'GeneralPurpose'
    storageGb: int
    backupDays: int
    highAvailability: 'Disabled' | 'SameZone' | 'ZoneRedundant'
    @description('Fixed when the server is created: whether backups are copied to the paired region, for a restore there (docs/recovery.md).')
    geoRedundantBackup: 'Enabled' | 'Disabled'
    @description('What the SKU allows users: https://learn.microsoft.com/azure/postgresql/configure-maintain/concepts-limits')
    connections: int
    @description('Whether the database, and with it the server and the resource group, can be deleted only after its lock.')
    deleteLock: bool
  }
  chatCapacity: int
  transcriptionCapacity: int
  logRetentionDays: int
  @description('Gigabytes of logs a day after which ingestion stops; -1 is no limit.')
  logQuotaGb: int
  @description('Whether the rules on logs are evaluated and the app is called from outside; both are paid for.')
  alerts: bool
  @description('Whether the rules on Azure\'s own metrics are evaluated: storage, connections, CPU credits, rate limits. A rule costs cents a month.')
  platformAlerts: bool
  @description('Limits__ settings that differ from those of main.bicep.')
  limits: object
  @description('A month, in the currency of the subscription.')
  budget: int
  @description('A deleted vault keeps its name until its retention is over, which hurts where environments come and go.')
  purgeProtection: bool
}

var production = {
  storageSku: 'Standard_ZRS'
  maximumInstances: 8
  alwaysReady: 2
  zoneRedundant: true
  database: {
    sku: 'Standard_D2ds_v5'
    tier: 'GeneralPurpose'
    storageGb: 64
    backupDays: 35
    highAvailability: 'ZoneRedundant'
    geoRedundantBackup: 'Enabled'
    connections: 844
    deleteLock: true
  }
  chatCapacity: 100
  transcriptionCapacity: 50
  logRetentionDays: 90
  logQuotaGb: -1
  alerts: true
  platformAlerts: true
  limits: {}
  budget: 1800
  purgeProtection: true
}

@export()
var sizes = {
  dev: {
    storageSku: 'Standard_LRS'
    maximumInstances: 1
    alwaysReady: 1
    zoneRedundant: false
    database: {
      sku: 'Standard_B1ms'
      tier: 'Burstable'
      storageGb: 32
      backupDays: 7
      highAvailability: 'Disabled'
      geoRedundantBackup: 'Disabled'
      connections: 35
      deleteLock: false
    }
    chatCapacity: 20
    transcriptionCapacity: 10
    logRetentionDays: 30
    logQuotaGb: 1
    alerts: false
    platformAlerts: true
    // A developer's mistake should cost little.
    limits: {
      GlobalPerDay: 1000
      DailyCostPerFamilyUsd: 2
      DailyCostGlobalUsd: 5
    }
    budget: 100
    purgeProtection: false
  }
  prod: production
  // For a region without zones, such as the pair of swedencentral: https://learn.microsoft.com/azure/reliability/regions-list
  'prod-without-zones': {
    ...production
    storageSku: 'Standard_LRS'
    zoneRedundant: false
    database: { ...production.database, highAvailability: 'SameZone' }
  }
}
