// Alert rules. Each runs one query of monitoring/alerts and fires when the query returns rows. docs/runbook.md has a section for each.
// A test makes each of them fire, and checks that they name only what the app emits.

param location string
param tags object
param token string
param emails string[]

@description('Whether they are evaluated; they are created in any case.')
param enabled bool

param runbookUrl string
param workspaceId string
param applicationInsightsId string
param readyUrl string

type rule = {
  id: string
  title: string
  @description('0 critical, 1 error, 2 warning, 3 informational.')
  severity: int
  every: string
  window: string
  @description('How far back the query looks, where that is further than the window.')
  range: string?
  @description('A column of the query, of which each value is an alert of its own that names it.')
  dimension: string?
  query: string
}

// Rules that look every five minutes cost three times as much as those that look every fifteen.
var rules rule[] = [
  {
    id: 'poison-not-empty'
    title: 'A message was given up'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: loadTextContent('../monitoring/alerts/poison-not-empty.kql')
  }
  {
    id: 'oldest-unfinished'
    title: 'A message waits for its end'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: loadTextContent('../monitoring/alerts/oldest-unfinished.kql')
  }
  {
    id: 'error-rate'
    title: 'Too many tries fail'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: loadTextContent('../monitoring/alerts/error-rate.kql')
  }
  {
    id: 'errors-logged'
    title: 'The app reports errors'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: loadTextContent('../monitoring/alerts/errors-logged.kql')
  }
  {
    id: 'processing-time'
    title: 'A phase is slow'
    severity: 2
    every: 'PT15M'
    window: 'PT30M'
    query: loadTextContent('../monitoring/alerts/processing-time.kql')
  }
  {
    id: 'failed-verifications'
    title: 'Webhooks are refused'
    severity: 2
    every: 'PT15M'
    window: 'PT15M'
    query: loadTextContent('../monitoring/alerts/failed-verifications.kql')
  }
  {
    id: 'nothing-received'
    title: 'Nothing is received'
    severity: 1
    every: 'PT15M'
    window: 'PT1H'
    range: 'P2D'
    query: loadTextContent('../monitoring/alerts/nothing-received.kql')
  }
  {
    id: 'nothing-measured'
    title: 'Nothing is heard of the app itself'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: loadTextContent('../monitoring/alerts/nothing-measured.kql')
  }
  {
    id: 'webhooks-missed'
    title: 'Webhooks do not arrive'
    severity: 2
    every: 'PT15M'
    window: 'PT1H'
    query: loadTextContent('../monitoring/alerts/webhooks-missed.kql')
  }
  {
    id: 'canary-failed'
    title: 'Our own messages do not get through'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: loadTextContent('../monitoring/alerts/canary-failed.kql')
  }
  {
    id: 'budget-80'
    title: 'AI has cost four fifths of a budget'
    severity: 2
    every: 'PT15M'
    window: 'PT30M'
    query: loadTextContent('../monitoring/alerts/budget-80.kql')
  }
  {
    id: 'budget-100'
    title: 'A budget for AI is spent'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: loadTextContent('../monitoring/alerts/budget-100.kql')
  }
  {
    id: 'breaker-open'
    title: 'A service is not asked any more'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: loadTextContent('../monitoring/alerts/breaker-open.kql')
  }
  {
    id: 'model-unavailable'
    title: 'A model does not answer'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    dimension: 'deployment'
    query: loadTextContent('../monitoring/alerts/model-unavailable.kql')
  }
  {
    id: 'limits-acting'
    title: 'Messages are held back'
    severity: 3
    every: 'PT15M'
    window: 'PT30M'
    query: loadTextContent('../monitoring/alerts/limits-acting.kql')
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-familypa-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'familypa'
    emailReceivers: [
      for (email, index) in emails: {
        name: 'operator-${index}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource queryRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'familypa-${rule.id}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Family PA: ${rule.title}'
      description: '${runbookUrl}#${rule.id}'
      severity: rule.severity
      enabled: enabled
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      overrideQueryTimeRange: rule.?range
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            dimensions: rule.?dimension == null ? [] : [{ name: rule.?dimension!, operator: 'Include', values: ['*'] }]
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      autoMitigate: true
      // A new workspace does not know its tables until the first rows come.
      skipQueryValidation: true
      actions: {
        actionGroups: [actionGroup.id]
      }
    }
  }
]

// Three locations test; one that fails alone does not alert.
resource availabilityTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'familypa-ready-${token}'
  location: location
  tags: union(tags, { 'hidden-link:${applicationInsightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'familypa-ready-${token}'
    Name: 'Family PA is ready'
    Kind: 'standard'
    Enabled: enabled
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'emea-gb-db3-azr' }
      { Id: 'us-va-ash-azr' }
    ]
    Request: {
      RequestUrl: readyUrl
      HttpVerb: 'GET'
      FollowRedirects: false
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource availability 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'familypa-availability'
  location: 'global'
  tags: union(tags, {
    'hidden-link:${applicationInsightsId}': 'Resource'
    'hidden-link:${availabilityTest.id}': 'Resource'
  })
  properties: {
    description: '${runbookUrl}#availability'
    severity: 0
    enabled: enabled
    scopes: [availabilityTest.id, applicationInsightsId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: availabilityTest.id
      componentId: applicationInsightsId
      failedLocationCount: 2
    }
    autoMitigate: true
    actions: [
      {
        actionGroupId: actionGroup.id
      }
    ]
  }
}

output actionGroupId string = actionGroup.id
