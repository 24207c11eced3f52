using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Infrastructure.Monitoring;

[assembly: AssemblyFixture(typeof(Kusto))]
[assembly: TestCollectionOrderer(typeof(OwnAppFirst))]
