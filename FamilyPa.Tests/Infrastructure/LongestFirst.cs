using FamilyPa.Tests.Cli;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Limits;
using FamilyPa.Tests.Media;
using FamilyPa.Tests.NeverLost;
using FamilyPa.Tests.Pipeline;
using FamilyPa.Tests.Telemetry;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace FamilyPa.Tests.Infrastructure;

/// <summary>
/// Whatever takes long would be what all wait for in the end, were it begun late: collections of several classes, which run one after the other, and
/// classes that wait much. The first of them have the services fetched and started, and meanwhile those run that need none.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <summary>All that took more than ten seconds by the results of <c>.ci/run</c>.</summary>
    private static readonly Type[] Long =
    [
        typeof(When_a_service_is_down), typeof(When_the_database_is_away), typeof(When_a_family_stood_in_line), typeof(When_the_model_fails),
        typeof(When_an_operator_uses_the_command_line), typeof(When_fetching_media_goes_wrong), typeof(When_the_app_is_killed),
        typeof(When_a_webhook_never_came), typeof(When_a_canary_is_sent),
    ];

    /// <summary>As their collections' names end, but for the id. Whoever needs a service asks for it in the constructor.</summary>
    private static readonly string[] NeedNothing =
        [.. typeof(LongestFirst).Assembly.GetTypes().Where(type => type.GetConstructors() is [{ } constructor] && constructor.GetParameters() is []).Select(type => $" {type.FullName} (")];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Place(collection))];

    private static int Place(ITestCollection collection) =>
        collection.TestCollectionClassName is not null ? -2
        : NeedNothing.Any(name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) ? -1
        : Array.FindIndex(Long, type => collection.TestCollectionDisplayName.Contains(type.FullName!, StringComparison.Ordinal)) is var place and >= 0 ? place
        : Long.Length;
}
