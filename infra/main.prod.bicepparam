using 'main.bicep'
extends 'main.bicepparam'

param stage = 'prod'
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'prod')
