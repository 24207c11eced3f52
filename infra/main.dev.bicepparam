using 'main.bicep'
extends 'main.bicepparam'

param stage = 'dev'
