// What operators may read: resources, settings, health, workbooks. What they may change is granted beside each resource.

import { operator } from '../types.bicep'

param operatorPrincipal operator

var reader = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acdd72a7-3385-48ef-bd42-f606fba81ae7')

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, operatorPrincipal.objectId, reader)
  properties: {
    principalId: operatorPrincipal.objectId
    principalType: 'Group'
    roleDefinitionId: reader
  }
}
