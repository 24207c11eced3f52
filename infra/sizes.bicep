// What a development and a production environment differ in. main.bicep picks one by its parameter `stage`.

@export()
type size = {
  storageSku: 'Standard_LRS' | 'Standard_ZRS'
  @minValue(1)
  @description('Instances on demand: of all HTTP functions together, and of each other function. The work itself is bounded by Limits__MaxConcurrentJobs.')
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
    highAvailability: 'Disabled' | 'ZoneRedundant'
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
  @description('Whether the rules are evaluated and the app is called from outside; both are paid for.')
  alerts: bool
  @description('Limits__ settings that differ from those of main.bicep.')
  limits: object
  @description('A month, in the currency of the subscription.')
  budget: int
  @description('A deleted vault keeps its name until its retention is over, which hurts where environments come and go.')
  purgeProtection: bool
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
    // A developer's mistake should cost little.
    limits: {
      GlobalPerDay: 1000
      DailyCostPerFamilyUsd: 2
      DailyCostGlobalUsd: 5
    }
    budget: 100
    purgeProtection: false
  }
  prod: {
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
    limits: {}
    budget: 1800
    purgeProtection: true
  }
}
