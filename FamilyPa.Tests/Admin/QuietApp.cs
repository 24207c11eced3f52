using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

/// <summary>The app with nothing at work behind its HTTP functions: what is stored or queued stays as it is.</summary>
[ReusedApp]
public sealed class QuietApp(TestEnvironment environment) : FamilyPaApp(environment)
{
    protected override void Configure(IDictionary<string, string?> settings) =>
        DisabledFunctions.Set(settings, "Download", "Transcribe", "Extract", "Finalize", "Sweeper");
}
