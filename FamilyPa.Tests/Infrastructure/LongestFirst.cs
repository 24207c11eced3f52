using FamilyPa.Tests.Infrastructure;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(SharedCollectionsFirst))]

namespace FamilyPa.Tests.Infrastructure;

/// <summary>A collection of several classes runs them one after the other: begun late, it would be what all wait for in the end.</summary>
public sealed class SharedCollectionsFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => collection.TestCollectionClassName is null)];
}
