using FamilyPa.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(TestEnvironment))]
[assembly: AssemblyFixture(typeof(KeylessModel))]
[assembly: TestCollectionOrderer(typeof(OwnAppFirst))]
