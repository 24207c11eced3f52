using 'main.bicep'
extends 'main.bicepparam'

param stage = 'dev'

// A developer's mistake should cost little.
param limits = {
  GlobalPerDay: 1000
  DailyCostPerFamilyUsd: 2
  DailyCostGlobalUsd: 5
}
