using 'main.bicep'
extends 'main.bicepparam'

param stage = 'prod-without-zones'
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'prod')
