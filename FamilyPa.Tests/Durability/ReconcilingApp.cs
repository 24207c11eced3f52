using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Durability;

/// <summary>Nothing is left to a webhook that may still come, and two messages are a page.</summary>
[ReusedApp]
public sealed class ReconcilingApp(TestEnvironment environment) : FastApp(environment)
{
    protected override void Configure(IDictionary<string, string?> settings)
    {
        base.Configure(settings);
        settings["Pipeline__ReconcileAfter"] = "00:00:00";
        settings["Pipeline__ReconcilePageSize"] = "2";
    }
}
