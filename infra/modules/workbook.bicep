// The dashboard: queries (monitoring/workbook), and at the end the timeline of one message.

param location string
param tags object
param workspaceId string

type chart = {
  title: string
  as: 'table' | 'timechart' | 'barchart'
  @description('Of the page\'s width, in percent.')
  width: '33' | '50' | '67' | '100'
  query: string
}

var charts chart[] = [
  {
    title: 'Messages taken in'
    as: 'timechart'
    width: '50'
    query: loadTextContent('../monitoring/workbook/volume.kql')
  }
  {
    title: 'Messages that came to their end'
    as: 'timechart'
    width: '50'
    query: loadTextContent('../monitoring/workbook/outcomes.kql')
  }
  {
    title: 'How they ended, and after how long'
    as: 'table'
    width: '50'
    query: loadTextContent('../monitoring/workbook/success-rate.kql')
  }
  {
    title: 'Latency of each phase'
    as: 'table'
    width: '50'
    query: loadTextContent('../monitoring/workbook/phase-latency.kql')
  }
  {
    title: 'Errors by phase'
    as: 'table'
    width: '100'
    query: loadTextContent('../monitoring/workbook/errors-by-phase.kql')
  }
  {
    title: 'Queues'
    as: 'timechart'
    width: '50'
    query: loadTextContent('../monitoring/workbook/queues.kql')
  }
  {
    title: 'Age of the oldest unfinished message, in seconds'
    as: 'timechart'
    width: '50'
    query: loadTextContent('../monitoring/workbook/oldest.kql')
  }
  {
    title: 'Given up (poison)'
    as: 'table'
    width: '100'
    query: loadTextContent('../monitoring/workbook/poison.kql')
  }
  {
    title: 'What the models cost, in US dollars'
    as: 'timechart'
    width: '50'
    query: loadTextContent('../monitoring/workbook/cost.kql')
  }
  {
    title: 'Cost by family'
    as: 'table'
    width: '50'
    query: loadTextContent('../monitoring/workbook/cost-by-family.kql')
  }
  {
    title: 'Held back by limits'
    as: 'timechart'
    width: '50'
    query: loadTextContent('../monitoring/workbook/limits.kql')
  }
  {
    title: 'Budgets'
    as: 'table'
    width: '50'
    query: loadTextContent('../monitoring/workbook/budgets.kql')
  }
  {
    title: 'Breakers'
    as: 'table'
    width: '50'
    query: loadTextContent('../monitoring/workbook/breakers.kql')
  }
  {
    title: 'Refused webhooks'
    as: 'timechart'
    width: '50'
    query: loadTextContent('../monitoring/workbook/refused.kql')
  }
  {
    title: 'Replies'
    as: 'table'
    width: '100'
    query: loadTextContent('../monitoring/workbook/replies.kql')
  }
  {
    title: 'Canary'
    as: 'table'
    width: '50'
    query: loadTextContent('../monitoring/workbook/canary.kql')
  }
  {
    title: 'One message: {MessageSid}'
    as: 'table'
    width: '100'
    query: loadTextContent('../monitoring/workbook/one-message.kql')
  }
]

var resourceType = 'microsoft.operationalinsights/workspaces'
var hour = 3600000

var parameters = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    queryType: 0
    resourceType: resourceType
    parameters: [
      {
        id: guid(workspaceId, 'TimeRange')
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Time'
        type: 4
        isRequired: true
        value: { durationMs: 24 * hour }
        typeSettings: {
          selectableValues: map([1, 4, 24, 72, 168, 720], hours => { durationMs: hours * hour })
          allowCustom: true
        }
      }
      {
        id: guid(workspaceId, 'MessageSid')
        version: 'KqlParameterItem/1.0'
        name: 'MessageSid'
        label: 'MessageSid'
        type: 1
        value: ''
      }
    ]
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'familypa')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Family PA'
    category: 'workbook'
    sourceId: workspaceId
    version: 'Notebook/1.0'
    serializedData: string({
      version: 'Notebook/1.0'
      '$schema': 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json'
      fallbackResourceIds: [workspaceId]
      items: concat(
        [parameters],
        map(charts, chart => {
          type: 3
          name: chart.title
          customWidth: chart.width
          content: {
            version: 'KqlItem/1.0'
            title: chart.title
            query: chart.query
            visualization: chart.as
            size: 0
            timeContextFromParameter: 'TimeRange'
            queryType: 0
            resourceType: resourceType
            crossComponentResources: [workspaceId]
          }
        })
      )
    })
  }
}
