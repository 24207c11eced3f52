// Types shared by main.bicep and its modules.

@export()
@description('The person or, better, the group that runs migrations, replays queues and sets secrets.')
type operator = {
  @description('User principal name, or display name of a group or application: the login in PostgreSQL.')
  name: string
  objectId: string
  type: 'User' | 'Group' | 'ServicePrincipal'
}
