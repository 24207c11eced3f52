using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(FamilyPa.Tests.Infrastructure.LongestFirst))]

namespace FamilyPa.Tests.Infrastructure;

/// <summary>The collections that share an app take longest, and begin first: at the end nothing then waits for one of them alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => collection.TestCollectionClassName is not null).ThenBy(collection => collection.UniqueID, StringComparer.Ordinal)];
}
