using Xunit.Sdk;
using Xunit.v3;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>
/// Orders the collections by expected duration, so that no long one runs last: first those of several classes, which run one after the other, then classes without
/// services while the services start, then classes with their own app, and then the others.
/// </summary>
public sealed class OwnAppFirst : ITestCollectionOrderer
{
    private enum Rank { SeveralClasses, NoFixture, OwnApp, Other }

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
    {
        // By the display name of the collection that xunit makes for a class, without the id at its end.
        var classes = ((IXunitTestAssembly)TestContext.Current.TestAssembly!).Assembly.GetTypes()
            .Where(type => type is { IsPublic: true, IsAbstract: false }).ToDictionary(type => $"Test collection for {type.FullName}", RankOf);
        return [.. testCollections.OrderBy(collection => collection.TestCollectionClassName is not null
            ? Rank.SeveralClasses
            : classes.GetValueOrDefault(collection.TestCollectionDisplayName.Split(" (id: ")[0], Rank.Other))];
    }

    private static Rank RankOf(Type testClass)
    {
        var fixtures = testClass.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.ParameterType).ToList();
        return fixtures.Count == 0 ? Rank.NoFixture
            : fixtures.Exists(fixture => fixture.IsSubclassOf(typeof(FamilyPaApp)) && !Attribute.IsDefined(fixture, typeof(ReusedAppAttribute), inherit: false)) ? Rank.OwnApp
            : Rank.Other;
    }
}
