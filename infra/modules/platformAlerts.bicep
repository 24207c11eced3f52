// What Azure itself knows and the app does not: resources that run short, models and services that end, secrets that expire. What to do then is in
// docs/runbook.md under the same name.

param location string
param tags object
param token string

@description('Whether they are evaluated; they are created in any case.')
param enabled bool

param runbookUrl string
param actionGroupId string
param databaseId string
param burstable bool

@description('What the server allows users.')
param connections int

param openAiId string
param vaultId string

type rule = {
  id: string
  scope: string
  @description('Of Azure Monitor: https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index')
  metric: string
  aggregation: 'Average' | 'Maximum' | 'Minimum' | 'Total'
  operator: 'GreaterThan' | 'LessThan'
  threshold: int
  dimensions: object[]?
}

var rules rule[] = concat(
  [
    {
      id: 'database-storage'
      scope: databaseId
      metric: 'storage_percent'
      aggregation: 'Maximum'
      operator: 'GreaterThan'
      threshold: 80
    }
    {
      id: 'database-connections'
      scope: databaseId
      metric: 'active_connections'
      aggregation: 'Maximum'
      operator: 'GreaterThan'
      threshold: connections * 8 / 10
    }
    {
      id: 'model-rate-limited'
      scope: openAiId
      metric: 'AzureOpenAIRequests'
      aggregation: 'Total'
      operator: 'GreaterThan'
      threshold: 20
      dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
    }
  ],
  // A burstable server without credits has a fraction of its processor. B1ms holds 288 credits at most.
  burstable
    ? [
        {
          id: 'database-credits'
          scope: databaseId
          metric: 'cpu_credits_remaining'
          aggregation: 'Minimum'
          operator: 'LessThan'
          threshold: 30
        }
      ]
    : []
)

resource metricRules 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in rules: {
    name: 'familypa-${rule.id}'
    location: 'global'
    tags: tags
    properties: {
      description: '${runbookUrl}#${rule.id}'
      severity: 2
      enabled: enabled
      scopes: [rule.scope]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: rule.id
            criterionType: 'StaticThresholdCriterion'
            metricName: rule.metric
            timeAggregation: rule.aggregation
            operator: rule.operator
            threshold: rule.threshold
            dimensions: rule.?dimensions ?? []
            // A new resource has not emitted its metrics yet.
            skipMetricValidation: true
          }
        ]
      }
      autoMitigate: true
      actions: [
        {
          actionGroupId: actionGroupId
        }
      ]
    }
  }
]

// Outages, planned maintenance, and advisories, which also announce the retirement of a model. It is free, so it is on in every stage.
resource serviceHealth 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'familypa-service-health'
  location: 'global'
  tags: tags
  properties: {
    description: '${runbookUrl}#service-health'
    enabled: true
    scopes: [subscription().id]
    condition: {
      allOf: [
        {
          field: 'category'
          equals: 'ServiceHealth'
        }
      ]
    }
    actions: {
      actionGroups: [
        {
          actionGroupId: actionGroupId
        }
      ]
    }
  }
}

// Thirty days before a secret expires, and when it has: https://learn.microsoft.com/azure/event-grid/handler-azure-monitor-alerts
resource vaultEvents 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-familypa-${token}'
  location: location
  tags: tags
  properties: {
    source: vaultId
    topicType: 'Microsoft.KeyVault.vaults'
  }

  resource secretExpiry 'eventSubscriptions' = {
    name: 'secret-expiry'
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      filter: {
        includedEventTypes: ['Microsoft.KeyVault.SecretNearExpiry', 'Microsoft.KeyVault.SecretExpired']
      }
      destination: {
        endpointType: 'MonitorAlert'
        properties: {
          severity: 'Sev2'
          description: '${runbookUrl}#secret-expiry'
          actionGroups: [actionGroupId]
        }
      }
    }
  }
}
