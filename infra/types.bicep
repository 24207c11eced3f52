// Types shared by main.bicep and its modules.

@export()
@description('The group of Entra ID that runs migrations, replays queues and sets secrets. It owns the database\'s objects, so it must outlive any of its members.')
type operator = {
  @description('Display name of the group: the login in PostgreSQL.')
  name: string
  objectId: string
}
