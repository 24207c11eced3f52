using FamilyPa.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(TestEnvironment))]
[assembly: TestCollectionOrderer(typeof(OwnAppFirst))]
