// What a development and a production environment differ in. main.bicep picks one by its parameter `stage`.

@export()
type size = {
  storageSku: 'Standard_LRS' | 'Standard_ZRS'
  @description('An upper bound; the work itself is bounded by Limits__MaxConcurrentJobs.')
  maximumInstances: int
  database: {
    sku: string
    tier: 'Burstable' | 'GeneralPurpose'
    storageGb: int
    backupDays: int
    highAvailability: 'Disabled' | 'ZoneRedundant'
    @description('Connections per instance; the server of this size must stand it times the instances in use.')
    poolSize: int
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
    maximumInstances: 40
    database: {
      sku: 'Standard_B1ms'
      tier: 'Burstable'
      storageGb: 32
      backupDays: 7
      highAvailability: 'Disabled'
      poolSize: 4
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
    maximumInstances: 100
    database: {
      sku: 'Standard_D2ds_v5'
      tier: 'GeneralPurpose'
      storageGb: 64
      backupDays: 35
      highAvailability: 'ZoneRedundant'
      poolSize: 8
    }
    chatCapacity: 100
    transcriptionCapacity: 50
    logRetentionDays: 90
    logQuotaGb: -1
    alerts: true
    limits: {}
    budget: 600
    purgeProtection: true
  }
}
