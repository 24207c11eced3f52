using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Infrastructure.Monitoring;

[assembly: AssemblyFixture(typeof(TestEnvironment))]
[assembly: AssemblyFixture(typeof(KeylessModel))]
[assembly: AssemblyFixture(typeof(Kusto))]
[assembly: TestCollectionOrderer(typeof(OwnAppFirst))]
